/** Files that must not load: containers that are damaged, and programs that do not pass verification. */
import { readContainer, writeContainer } from '../../vm/bundle/container.ts';
import { createVm, type Vm } from '../../vm/host/index.ts';
import { ERRORS } from '../../vm/spec/index.ts';
import { Random } from '../generators/random.ts';
import { corrupt } from '../hostile/bytes.ts';
import type { Vector } from './make.ts';

export interface Refused {
  readonly name: string;
  readonly file: Uint8Array;
  /** `container`, or the status of `load`. */
  readonly by: string;
  readonly why: string;
}

const SEED = 6;
/** Of each status. */
const PROGRAMS = 5;

const DAMAGE: readonly (readonly [why: string, damage: (file: Buffer) => Uint8Array])[] = [
  ['empty', () => new Uint8Array(0)],
  ['another magic', (file) => file.fill('X', 0, 1)],
  ['a later format', (file) => (file.writeUInt32LE(99, 8), file)],
  ['more sections than there are', (file) => (file.writeUInt32LE(6, 12), file)],
  ['cut in its table', (file) => file.subarray(0, 100)],
  ['cut in its last section', (file) => file.subarray(0, file.length - 8)],
  ['bytes behind the end', (file) => Buffer.concat([file, Buffer.alloc(8)])],
  ['a section that begins elsewhere', (file) => (file.writeBigUInt64LE(8n, 16 + 8), file)],
  ['a section longer than the file', (file) => (file.writeBigUInt64LE(1n << 40n, 16 + 16), file)],
  ['a section with another digest', (file) => (file.writeUInt8(file[16 + 24] ^ 1, 16 + 24), file)],
  ['a program that was changed', (file) => (file.writeUInt8(file[sectionAt(file, 1)] ^ 1, sectionAt(file, 1)), file)],
  ['padding that is not zero', (file) => file.fill(1, file.length - 1)],
];

const sectionAt = (file: Buffer, n: number): number => Number(file.readBigUInt64LE(16 + 56 * n + 8));

const containers = ({ file }: Vector): Refused[] =>
  DAMAGE.flatMap(([why, damage], i) => {
    const damaged = damage(Buffer.from(file));
    // padding there may be none
    return 'error' in readContainer(damaged) ? [{ name: `container-${i}`, file: damaged, by: 'container', why }] : [];
  });

/** Programs with something changed, in whole containers, until each status was met often enough or many were tried. */
const programs = (vectors: readonly Vector[]): Refused[] => {
  const r = new Random(SEED);
  const raw = createVm().raw;
  const found = new Map<number, number>();
  const refused: Refused[] = [];
  const small = [...vectors].sort((a, b) => a.program.length - b.program.length).slice(0, 6);
  for (let tries = 0; tries < 4000; tries++) {
    const { file, program } = r.pick(small);
    const changed = corrupt(r, program, program);
    const status = load(raw, changed);
    const met = found.get(status) ?? 0;
    if (status >= 0 || met >= PROGRAMS) continue;
    const read = readContainer(file);
    if ('error' in read) throw new Error(read.error);
    found.set(status, met + 1);
    const [code, { doc }] = Object.entries(ERRORS).find(([, error]) => error.code === status)!;
    const name = `program-${code}-${met}`;
    refused.push({ name, file: writeContainer({ ...read.sections, program: changed }), by: String(status), why: doc });
  }
  return refused.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const load = (raw: Vm['raw'], program: Uint8Array): number => {
  const pointer = raw.alloc(Math.max(16, program.length));
  new Uint8Array(raw.memory.buffer, pointer, program.length).set(program);
  const status = raw.load(pointer, program.length);
  if (status >= 0) raw.unload(status);
  raw.free(pointer);
  return status;
};

export const makeRefused = (vectors: readonly Vector[]): readonly Refused[] => [
  ...containers(vectors[0]),
  ...programs(vectors),
];

/** The list of them as a file. */
export const refusedTable = (refused: readonly Refused[]): string =>
  refused.map(({ name, by, why }) => `${name}\t${by}\t${why}\n`).join('');
