/**
 * The worst case that a program states: computed here from what was emitted, and by the VM's verifier anew from the bytes.
 * Steps are those of the counting build: an instruction, a probe, a candidate, a transition, or 16 bytes hashed or compared.
 */
import type { Operand } from '../../vm/bundle/normal.ts';
import { FIELDS, INTERNAL_FIELDS, LIMITS, REF, SET_FORMS } from '../../vm/spec/index.ts';
import type { Classifier } from '../plan/index.ts';
import { ELEMENTS, lengthAtMost } from '../plan/weight.ts';
import type { Operands } from './operands.ts';
import type { TestRow } from './tests.ts';

const TEXT = LIMITS.textBytes.value;
const PATH = LIMITS.pathBytes.value;
const STRING = LIMITS.stringBytes.value;
const id = (name: string): number => FIELDS.find((f) => f.name === name)!.id;

export const passes = (bytes: number): number => Math.ceil(bytes / 16);

/** A look-up of a text of so many bytes: the hash, two buckets, one compare. */
export const probeSteps = (bytes: number): number => 2 + 2 * passes(bytes);

const reachSteps = (o: Operand): number => {
  if (o.is !== 'field') return 0;
  if (o.index !== undefined) return ELEMENTS;
  return o.key !== undefined ? ELEMENTS + TEXT / 16 + TEXT / 8 : 0;
};

const DERIVE: ReadonlyMap<number, number> = new Map([
  ...['proc.name', 'proc.pname', 'proc.caller_name', 'file.name', 'file.dir'].map((n) => [id(n), PATH / 16] as const),
  [id('file.ext'), (2 * PATH) / 16 + 1],
  [id('proc.cmdline'), 2 * ELEMENTS + TEXT / 16],
  [id('container.image_tag'), (3 * STRING) / 16],
  [INTERNAL_FIELDS.imageName, (3 * STRING) / 16],
]);

/** Joining the records of an event, and deriving each field that the program reads. */
export const joinSteps = (operands: readonly Operand[]): number => {
  const fields = new Set(operands.flatMap((o) => (o.is === 'field' ? [o.field] : [])));
  let sum = 2 * LIMITS.recordSlots.value;
  for (const field of fields) sum += DERIVE.get(field) ?? 0;
  return sum;
};

/** What tests cost to their end: `steps` with empty elements, `bytes` for each 16 bytes of an element. */
interface Path {
  readonly steps: number;
  readonly bytes: number;
}

/** @returns by test id, the steps to the end of its condition */
export const testSteps = (
  rows: readonly TestRow[],
  operands: Operands,
  networks: ReadonlyMap<number, number>,
): number[] => {
  const paths: Path[] = [];
  const path = (to: number): Path => (to >= REF.node ? { steps: 0, bytes: 0 } : paths[to]);
  for (const row of rows) {
    const own = operationSteps(row, operands, networks, path);
    const [yes, no] = [path(row.yes), path(row.no)];
    paths.push({
      steps: own.steps + Math.max(yes.steps, no.steps),
      bytes: own.bytes + Math.max(yes.bytes, no.bytes),
    });
  }
  return paths.map(({ steps, bytes }) => steps + bytes * (TEXT / 16));
};

const operationSteps = (
  row: TestRow,
  operands: Operands,
  networks: ReadonlyMap<number, number>,
  path: (to: number) => Path,
): Path => {
  const left = operands.text(row.left);
  let steps = 1 + reachSteps(left);
  let bytes = 0;
  const read = (o: Operand, each: number): void => {
    if (o.is === 'element') {
      bytes += each;
      steps += each;
    } else steps += each * passes(lengthAtMost(o));
  };
  switch (row.op) {
    case 'exists':
    case 'truth':
    case 'flag':
    case 'int':
    case 'order':
      break;
    case 'in':
      if (row.sub === SET_FORMS.net) steps += networks.get(row.right)!;
      else if (row.sub === SET_FORMS.prefix) steps += 1;
      else if (row.sub === SET_FORMS.int) steps += 2 + probeSteps(8);
      else {
        steps += 2;
        read(left, 2);
      }
      break;
    case 'automaton':
      read(left, 16);
      break;
    case 'has':
      steps += 2 * ELEMENTS + TEXT / 16 + reachSteps(operands.text(row.right));
      break;
    case 'any': {
      const body = path(row.right);
      steps += ELEMENTS * (1 + body.steps) + body.bytes * (TEXT / 16);
      break;
    }
    default: {
      const right = operands.text(row.right);
      steps += reachSteps(right);
      if (row.sub) {
        read(left, 1);
        read(right, 1);
      }
      if (row.op === 'contains') {
        read(left, 32);
        read(right, 32);
      } else read(right, 1);
    }
  }
  return { steps, bytes };
};

/** Sizes of a classifier's tables that its steps depend on. */
export interface TableSizes {
  /** Classes at most at once. */
  readonly cap: number;
  /** Of the keys, each once. */
  readonly lengths: readonly number[];
  /** Intervals of a range. */
  readonly count: number;
  /** Passes over the whole text. */
  readonly scans: number;
  /** Steps beside them. */
  readonly walk: number;
  /** Of substrings: steps for each byte, and once. */
  readonly each: number;
  readonly once: number;
}

export const NO_SIZES: TableSizes = { cap: 0, lengths: [], count: 0, scans: 0, walk: 0, each: 0, once: 0 };

/** A classifier's run, given the sizes of the tables that were written for it. */
export const classifierSteps = ({ form, fold, operand }: Classifier, sizes: TableSizes): number => {
  if (form === 'both') return 1 + pairSteps;
  const o: Operand = { is: 'field', ...operand };
  const length = lengthAtMost(o);
  const begin = 1 + reachSteps(o) + (fold ? passes(length) : 0);
  switch (form) {
    case 'text':
      return begin + probeSteps(length);
    case 'prefix':
    case 'suffix':
      return sizes.lengths.reduce((sum, n) => sum + 1 + probeSteps(n), begin);
    case 'substring':
      return begin + (length + 2) * sizes.each + sizes.once;
    case 'elements':
      return begin + Math.floor(length / 4) * probeSteps(1) + 2 * passes(length);
    case 'int':
      return begin + probeSteps(8);
    case 'range':
      return begin + (32 - Math.clz32(sizes.count)) + sizes.cap;
    case 'net':
      return begin + sizes.walk + sizes.cap;
    case 'directory':
    case 'glob':
    case 'floating':
      return begin + sizes.scans * passes(length) + sizes.walk;
  }
};

/** A candidate, its note, a walk over the notes, and the tests that it goes on to check. */
export const candidateSteps = (tests: number): number => 3 + tests;

/** Steps of so many times the dearest that a table leads to, as bounds have them. */
export const allowedSteps = (times: number, dearest: number): number =>
  dearest <= candidateSteps(0) ? times * dearest : Math.max(times * dearest, REF.allowed);

/** A look-up of two classes: the hash, and two buckets. */
export const pairSteps = 3;
