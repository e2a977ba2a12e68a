/** A program's bytes as readable rows: for people and tools, never for a decision. The VM has its own reader. */
import {
  ACCEPT,
  CANDIDATE,
  CLASSIFIER,
  CLASSIFIER_FORMS,
  DICT,
  DICT_RECORD,
  DIRECTORIES,
  DIRECTORY,
  ENTRY,
  FIELDS,
  GLOB_TUPLE,
  GLOBS,
  INTERNAL_FIELDS,
  KIND,
  KINDS,
  LENGTHS,
  NO_RULE,
  OPERAND,
  OPERAND_KINDS,
  PAIRS,
  PREFIX,
  PROGRAM,
  RANGES,
  REF,
  REJECT,
  SET_FORMS,
  STEP,
  STEP_OPS,
  TEST,
  TEST_OPS,
} from '../spec/index.ts';
import { globText } from './globs.ts';
import { quoted } from './quoted.ts';
import { substringKeys } from './substrings.ts';
import { networksOf, networkText } from './networks.ts';

export interface EntryRow {
  /** -1 for a default or a mark. */
  readonly rule: number;
  readonly policy: number;
  readonly action: number;
  readonly errno: number;
  readonly flags: number;
}
export interface CandidateRow {
  readonly entry: number;
  /** Test to start from, ACCEPT for none. */
  readonly test: number;
}
export interface ListRow {
  /** What is looked up to find it; empty for a list that is always checked. */
  readonly keys: readonly string[];
  /** The test from which its diagram begins; null for a list without one. */
  readonly from: number | null;
  /** For a diagram those at its ends, each once and from the diagram's first test. */
  readonly candidates: readonly CandidateRow[];
}
export interface StepRow {
  readonly op: string;
  readonly classifiers: readonly number[];
  readonly lists: readonly ListRow[];
}
export interface KindRow {
  readonly name: string;
  readonly known: readonly StepRow[];
  readonly unknown: readonly StepRow[];
  readonly bound: number;
  readonly unknownBound: number;
}
export interface TestRow {
  readonly op: string;
  readonly sub: number;
  readonly left: string;
  readonly right: string;
  readonly yes: Jump;
  readonly no: Jump;
}
/** A test, ACCEPT, REJECT, or the candidates at an end of a diagram. */
export type Jump = number | readonly CandidateRow[];
export interface ClassifierRow {
  readonly form: string;
  readonly fold: boolean;
  readonly operand: string;
  readonly cap: number;
  /** Text of each class. */
  readonly keys: ReadonlyMap<number, string>;
}

/** Members of a set that a listing names. */
const SHOWN = 6;

/** The program's rows; the bytes must have passed the VM's verifier. */
export class ProgramReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(program: Uint8Array) {
    this.#bytes = program;
    this.#view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  }

  get entries(): EntryRow[] {
    return this.#rows(PROGRAM.entriesAt, PROGRAM.entryCountAt, ENTRY.size, (at) => ({
      rule: this.#u32(at + ENTRY.rule) === NO_RULE ? -1 : this.#u32(at + ENTRY.rule),
      policy: this.#u16(at + ENTRY.policy),
      action: this.#u8(at + ENTRY.bits) & ENTRY.actions,
      errno: this.#u8(at + ENTRY.errno),
      flags: this.#u8(at + ENTRY.bits) & ~ENTRY.actions,
    }));
  }

  get tests(): TestRow[] {
    return this.#rows(PROGRAM.testsAt, PROGRAM.testCountAt, TEST.size, (at) => {
      const head = this.#u32(at + TEST.op);
      const op = nameOf(TEST_OPS, head & 255);
      const sub = (head >>> TEST.subShift) & 15;
      const right = this.#u32(at + TEST.right);
      const form = TEST_OPS[op as keyof typeof TEST_OPS].right;
      return {
        op,
        sub,
        left: this.operand(head >>> TEST.leftShift),
        right: this.#right(op, form, sub, right),
        yes: this.#jump(this.#u32(at + TEST.yes)),
        no: this.#jump(this.#u32(at + TEST.no)),
      };
    });
  }

  get classifiers(): ClassifierRow[] {
    const rows: ClassifierRow[] = [];
    this.#rows(PROGRAM.classifiersAt, PROGRAM.classifierCountAt, CLASSIFIER.size, (at) => {
      const form = nameOf(CLASSIFIER_FORMS, this.#u8(at));
      const table = this.#u32(at + CLASSIFIER.table);
      const parts = [this.#u16(at + CLASSIFIER.operand), this.#u16(at + CLASSIFIER.operand + 2)];
      const isBoth = form === 'both';
      rows.push({
        form,
        fold: this.#u8(at + CLASSIFIER.fold) !== 0,
        operand: isBoth ? parts.map((c) => `c${c}`).join(' ') : this.operand(this.#u32(at + CLASSIFIER.operand)),
        cap: this.#u32(at + CLASSIFIER.cap),
        // a part stands before what it is a part of
        keys: isBoth ? this.#both(table, parts, rows) : this.#keys(form, table),
      });
    });
    return rows;
  }

  /** Kinds that decide something. */
  get kinds(): KindRow[] {
    const classifiers = this.classifiers;
    const rows = this.#rows(PROGRAM.kindsAt, PROGRAM.kindCountAt, KIND.size, (at) => ({
      known: this.#steps(this.#u32(at + KIND.steps), this.#u32(at + KIND.stepCount), classifiers),
      unknown: this.#steps(this.#u32(at + KIND.unknownSteps), this.#u32(at + KIND.unknownStepCount), classifiers),
      bound: this.#u32(at + KIND.bound),
      unknownBound: this.#u32(at + KIND.unknownBound),
    }));
    return rows.flatMap((row, id) => {
      const name = KINDS.find((k) => k.id === id)?.name;
      return name && row.known.length + row.unknown.length > 0 ? [{ name, ...row }] : [];
    });
  }

  /** An operand as the expression language writes it. */
  operand(number: number): string {
    const at = this.#u32(PROGRAM.operandsAt) + number * OPERAND.size;
    const field = fieldName(this.#u16(at + OPERAND.field));
    const arg = this.#u32(at + OPERAND.arg);
    switch (this.#u8(at + OPERAND.kind)) {
      case OPERAND_KINDS.field.code:
        return field;
      case OPERAND_KINDS.masked.code:
        return `${field} & ${this.#view.getBigUint64(at + OPERAND.value, true)}`;
      case OPERAND_KINDS.index.code:
        return `${field}[${arg}]`;
      case OPERAND_KINDS.key.code:
        return `${field}[${this.#text(arg)}]`;
      case OPERAND_KINDS.element.code:
        return 'element';
      case OPERAND_KINDS.text.code:
        return this.#text(arg);
      default:
        return String(this.#view.getBigInt64(at + OPERAND.value, true));
    }
  }

  #right(op: string, form: string, sub: number, right: number): string {
    if (form === 'operand') {
      if (right < TEST.inline) return this.operand(right);
      return op === 'int' ? String(right - TEST.inline) : this.#text(right - TEST.inline);
    }
    if (op !== 'in') return form === '' ? '' : `${form} ${right}`;
    const members = this.#members(right, sub);
    const more = members.length > SHOWN ? `, and ${members.length - SHOWN} more` : '';
    return `(${members.sort().slice(0, SHOWN).join(', ')}${more})`;
  }

  #members(table: number, form: number): string[] {
    if (form === SET_FORMS.prefix) {
      return [networkText(this.#bytes.subarray(table + PREFIX.bytes), this.#u32(table + PREFIX.bits))];
    }
    if (form === SET_FORMS.net) return networksOf(this.#view, table).map(({ text }) => text);
    return this.#dictionary(table).map(([record]) =>
      form === SET_FORMS.int ? this.#integer(record) : this.#key(record),
    );
  }

  #steps(at: number, count: number, classifiers: readonly ClassifierRow[]): StepRow[] {
    return Array.from({ length: count }, (_, i) => {
      const row = at + i * STEP.size;
      const op = nameOf(STEP_OPS, this.#u8(row));
      const table = this.#u32(row + STEP.table);
      const used = [this.#u16(row + STEP.a), this.#u16(row + STEP.b)].slice(
        0,
        op === 'list' ? 0 : op === 'pair' ? 2 : 1,
      );
      if (op === 'list') return { op, classifiers: used, lists: [this.#list([], table)] };
      const found = op === 'join' ? this.#refs(table) : this.#pairs(table);
      const lists = found.map(({ classes, ref }) => this.#list(keysOf(classes, used, classifiers), ref));
      lists.sort((a, b) => (a.keys.join() < b.keys.join() ? -1 : 1));
      return { op, classifiers: used, lists };
    });
  }

  #refs(table: number): { classes: readonly number[]; ref: number }[] {
    return Array.from({ length: this.#u32(table) }, (_, c) => ({
      classes: [c],
      ref: this.#u32(table + 4 + c * REF.size),
    })).filter(({ ref }) => ref !== 0);
  }

  #pairs(table: number): { classes: readonly number[]; ref: number }[] {
    return Array.from({ length: this.#u32(table + PAIRS.buckets) * PAIRS.slots }, (_, i) => {
      const bucket = table + PAIRS.header + Math.floor(i / PAIRS.slots) * PAIRS.bucket;
      const slot = i % PAIRS.slots;
      return {
        classes: [this.#u32(bucket + slot * 8), this.#u32(bucket + slot * 8 + 4)],
        ref: this.#u32(bucket + PAIRS.refs + slot * REF.size),
      };
    }).filter(({ ref }) => ref !== 0);
  }

  #list(keys: readonly string[], ref: number): ListRow {
    if (ref >= REF.entry || ref < REF.node) return { keys, from: null, candidates: this.#candidates(ref) };
    const from = ref - REF.node;
    const entries = [...this.#entriesFrom(from)].sort((a, b) => a - b);
    return { keys, from, candidates: entries.map((entry) => ({ entry, test: from })) };
  }

  /** The entries at all ends that a test leads to. */
  #entriesFrom(test: number): ReadonlySet<number> {
    const found = new Set<number>();
    const seen = new Set<number>();
    const tests = this.#u32(PROGRAM.testsAt);
    for (const left = [test]; left.length > 0;) {
      const at = tests + left.pop()! * TEST.size;
      for (const to of [this.#u32(at + TEST.yes), this.#u32(at + TEST.no)]) {
        if (seen.has(to)) continue;
        seen.add(to);
        const jump = this.#jump(to);
        if (typeof jump !== 'number') for (const { entry } of jump) found.add(entry);
        else if (jump < REF.node) left.push(jump);
      }
    }
    return found;
  }

  #jump(to: number): Jump {
    if (to < REF.node || to >= REJECT) return to;
    return this.#candidates(to >= REF.entry ? to : to - REF.node);
  }

  #candidates(ref: number): CandidateRow[] {
    if (ref >= REF.entry) return [{ entry: ref - REF.entry, test: ACCEPT }];
    return Array.from({ length: this.#u32(ref) }, (_, i) => ({
      entry: this.#u32(ref + 4 + i * CANDIDATE.size + CANDIDATE.entry),
      test: this.#u32(ref + 4 + i * CANDIDATE.size + CANDIDATE.test),
    }));
  }

  #keys(form: string, table: number): Map<number, string> {
    switch (form) {
      case 'range':
        return this.#ranges(table);
      case 'substring':
        return substringKeys(this.#view, table);
      case 'directory':
        return this.#directories(table);
      case 'glob':
      case 'floating':
        return this.#globs(table);
      case 'prefix':
      case 'suffix':
        return this.#texts(this.#u32(table + LENGTHS.dict), form);
      case 'net':
        return new Map(networksOf(this.#view, table).map(({ value, text }) => [value, text]));
      default:
        return this.#texts(table, form);
    }
  }

  #texts(dict: number, form: string): Map<number, string> {
    return new Map(
      this.#dictionary(dict).map(([record, value]) => {
        return [value, form === 'int' ? this.#integer(record) : this.#key(record)];
      }),
    );
  }

  /** Keys of the classes of `both`, whose parts stand before it. */
  #both(table: number, parts: readonly number[], rows: readonly ClassifierRow[]): Map<number, string> {
    return new Map(this.#pairs(table).map(({ classes, ref }) => [ref - 1, keysOf(classes, parts, rows).join(' + ')]));
  }

  #ranges(table: number): Map<number, string> {
    const n = this.#u32(table + RANGES.count);
    const found = new Map<number, string>();
    for (let i = 0; i < n; i++) {
      const start = this.#view.getBigInt64(table + RANGES.starts + i * 8, true);
      const row = table + RANGES.starts + n * 8 + i * 8;
      for (let j = 0; j < this.#u32(row + 4); j++) {
        const value = this.#u32(this.#u32(row) + j * 4);
        if (!found.has(value)) found.set(value, `from ${start}`);
      }
    }
    return found;
  }

  #directories(table: number): Map<number, string> {
    const classOf = (directory: number): number =>
      this.#u32(table + DIRECTORIES.first + directory * DIRECTORY.size + DIRECTORY.class);
    const texts = this.#texts(this.#u32(table + DIRECTORIES.dict), 'directory');
    return new Map([...texts].map(([directory, text]) => [classOf(directory), text]));
  }

  #globs(table: number): Map<number, string> {
    return new Map(
      this.#dictionary(this.#u32(table + GLOBS.dict)).map(([record, value]) => {
        const from = record + DICT_RECORD.bytes;
        const bytes = this.#bytes.subarray(from, from + this.#u16(record + DICT_RECORD.length));
        const tuple = table + GLOBS.first + (bytes[0] | (bytes[1] << 8)) * GLOB_TUPLE.size;
        const first = this.#u32(table + GLOBS.pieces) + this.#u16(tuple + GLOB_TUPLE.first) * 4;
        const pieces = Array.from({ length: this.#u16(tuple + GLOB_TUPLE.count) }, (_, i) => this.#u32(first + i * 4));
        const texts = Buffer.from(bytes.subarray(2)).toString('latin1').split('/');
        return [value, quoted(globText(pieces, texts))] as const;
      }),
    );
  }

  /** Offsets and values of a dictionary's records. */
  #dictionary(at: number): [record: number, value: number][] {
    const slots = this.#u32(at + DICT.buckets) * (DICT.bucket / DICT.slot);
    const found: [number, number][] = [];
    for (let i = 0; i < slots; i++) {
      const record = (this.#u32(at + DICT.header + i * DICT.slot + 4) & ~DICT.overflow) >>> 0;
      if (record) found.push([record, this.#u32(record)]);
    }
    return found;
  }

  #rows<T>(at: number, count: number, size: number, row: (at: number) => T): T[] {
    const first = this.#u32(at);
    return Array.from({ length: this.#u32(count) }, (_, i) => row(first + i * size));
  }

  #text(at: number): string {
    return this.#quoted(at + 4, this.#u32(at));
  }
  #key(record: number): string {
    return this.#quoted(record + DICT_RECORD.bytes, this.#u16(record + DICT_RECORD.length));
  }
  #integer(record: number): string {
    return String(this.#view.getBigInt64(record + DICT_RECORD.bytes, true));
  }
  #quoted(at: number, length: number): string {
    return quoted(Buffer.from(this.#bytes.subarray(at, at + length)).toString('latin1'));
  }

  #u8(at: number): number {
    return this.#view.getUint8(at);
  }
  #u16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  #u32(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

const nameOf = (table: Readonly<Record<string, { readonly code: number }>>, code: number): string =>
  Object.entries(table).find(([, row]) => row.code === code)?.[0] ?? `code ${code}`;

const INTERNAL = new Map<number, string>([
  [INTERNAL_FIELDS.imageName, 'container.image (name)'],
  [INTERNAL_FIELDS.givenClass, 'host.class (given)'],
]);

const fieldName = (id: number): string => FIELDS.find((f) => f.id === id)?.name ?? INTERNAL.get(id) ?? `field ${id}`;

/** The keys of one class of each of these classifiers. */
const keysOf = (classes: readonly number[], used: readonly number[], rows: readonly ClassifierRow[]): string[] =>
  used.map((c, i) => rows[c].keys.get(classes[i]) ?? '?');
