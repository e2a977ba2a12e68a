/** Makes the vectors: random bundles written as documents and compiled, events for them, and what the reference decides. */
import { planAndEmit } from '../../compiler/backend.ts';
import { coverProgram } from '../../compiler/cover/index.ts';
import { compile } from '../../compiler/index.ts';
import { writeBundle } from '../../vm/bundle/index.ts';
import type { Manifest } from '../../vm/bundle/manifest.ts';
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import { decodeRecord, encodeRecord, fieldId, type Event } from '../../vm/event/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { ERRORS, KINDS, RING } from '../../vm/spec/index.ts';
import { delivered, deliver, type Delivery } from '../differential/case.ts';
import { diagrams } from '../differential/diagrams.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { corrupt } from '../hostile/bytes.ts';
import type { Expected, Step } from './read.ts';
import { expectedOf, MALFORMED, writeSteps } from './steps.ts';

const SEED = 5;
const BUNDLES = 40;
const DIAGRAMS = 3;
const EVENTS = 100;
const KIND_OF_READ = KINDS.find(({ name }) => name === 'file.read')!.id;
/** Larger ones say no more, and the files are kept. */
const MOST_BYTES = 24_000;

export interface Vector {
  readonly name: string;
  readonly file: Uint8Array;
  readonly normal: NormalForm;
  readonly program: Uint8Array;
  readonly steps: readonly Step[];
}

interface Compiled {
  readonly normal: NormalForm;
  readonly manifest: Manifest;
  readonly program: Uint8Array;
  readonly file: Uint8Array;
}

const compiled = (text: string): Compiled | null => {
  const { value } = compile([{ path: 'policies.yaml', text }], { today: '2026-01-01' });
  const made = value && planAndEmit(value.normal);
  if (!made || 'errors' in made) return null;
  const manifest = { ...value.manifest, cost: made.cost, unknownCost: made.unknownCost };
  const cover = coverProgram(value.normal);
  const file = writeBundle({ ...value, manifest, program: made.program, sources: [], cover });
  return file.length > MOST_BYTES ? null : { normal: value.normal, manifest, program: made.program, file };
};

const keyOf = (at: number): bigint => BigInt(at + 1) * 0x1_0000_0001n;

/** Facts of each delivery by keys of its own, and records that name them. */
class Stream {
  readonly steps: Step[] = [];
  readonly #decide: (event: Event) => Expected;

  constructor(
    readonly r: Random,
    normal: NormalForm,
  ) {
    const { decide } = reference(normal);
    this.#decide = (event) => expectedOf(decide(event));
  }

  put(deliveries: readonly Delivery[]): void {
    for (const [at, { subject, workload }] of deliveries.entries())
      for (const [does, values] of [
        ['putSubject', subject],
        ['putWorkload', workload],
      ] as const)
        if (values.size > 0) this.steps.push({ does, key: keyOf(at), status: 0, record: facts(values) });
  }

  /** @param does how the records reach the module */
  evaluate(does: 'evaluate' | 'evaluateRing', deliveries: readonly Delivery[], records: readonly Uint8Array[]): void {
    const expected = deliveries.map((delivery) => this.#decide(delivered(delivery)));
    this.steps.push({ does, records: Buffer.concat(records), expected });
  }

  /** The same records when some of the facts are gone. */
  forget(deliveries: readonly Delivery[], records: readonly Uint8Array[]): void {
    const left = deliveries.map((delivery, at): Delivery => {
      const [subject, workload] = [this.r.chance(0.4), this.r.chance(0.4)];
      if (subject) this.steps.push({ does: 'dropSubject', key: keyOf(at) });
      if (workload) this.steps.push({ does: 'dropWorkload', key: keyOf(at) });
      return { ...delivery, ...(subject && { subject: new Map() }), ...(workload && { workload: new Map() }) };
    });
    this.evaluate('evaluate', left, records);
  }

  /** Records of a ring: some discarded between them, the last one still busy. */
  ring(deliveries: readonly Delivery[], records: readonly Uint8Array[]): void {
    const pieces = records.flatMap((record) => [
      ...(this.r.chance(0.2) ? [inRing(record, RING.discard)] : []),
      inRing(record, 0),
    ]);
    this.evaluate('evaluateRing', deliveries, [...pieces, inRing(records[0], RING.busy)]);
  }

  /** One record that is not well formed, in a batch of its own: its size may say anything. */
  broken(record: Uint8Array): void {
    const bytes = corrupt(this.r, record, record);
    const decoded = decodeRecord(bytes);
    const isBroken = 'error' in decoded && !decoded.error.endsWith('has a key twice');
    const size = bytes.length < 4 ? -1 : Buffer.from(bytes).readUInt32LE(0);
    if (isBroken && size === bytes.length) this.steps.push({ does: 'evaluate', records: bytes, expected: [MALFORMED] });
  }

  /** Facts that are none. */
  refuse(): void {
    const record = Buffer.alloc(16, 1);
    this.steps.push({ does: 'putSubject', key: 1n, status: ERRORS.record.code, record });
    this.steps.push({ does: 'putWorkload', key: 0n, status: ERRORS.key.code, record: facts(new Map()) });
  }
}

const facts = (values: Delivery['subject']): Uint8Array => encodeRecord({ kind: 0, time: undefined, values });

const inRing = (record: Uint8Array, flags: number): Buffer => {
  const header = Buffer.alloc(RING.header);
  header.writeUInt32LE((record.length | flags) >>> 0, 0);
  return Buffer.concat([header, record]);
};

const recordOf = ({ kind, time, inline, subject, workload }: Delivery, at: number): Uint8Array =>
  encodeRecord(
    { kind, time, values: inline },
    { ...(subject.size > 0 && { subject: keyOf(at) }), ...(workload.size > 0 && { workload: keyOf(at) }) },
  );

/**
 * @param text of the policies' documents
 * @param deliveriesOf events for the bundle as it was compiled
 */
const vectorOf = (
  name: string,
  r: Random,
  text: string,
  deliveriesOf: (normal: NormalForm) => readonly Delivery[],
): Vector | null => {
  const made = compiled(text);
  if (made === null) return null;
  const deliveries = deliveriesOf(made.normal);
  const records = deliveries.map(recordOf);
  const stream = new Stream(r, made.normal);
  for (const [rule, { name: of, policy }] of made.manifest.rules.entries())
    stream.steps.push({ does: 'name', rule, policy, name: `${made.manifest.policies[policy].name}/${of}` });
  stream.put(deliveries);
  stream.evaluate('evaluate', deliveries, records);
  stream.ring(deliveries.slice(0, 20), records.slice(0, 20));
  for (const record of records.slice(0, 8)) stream.broken(record);
  stream.refuse();
  stream.forget(deliveries.slice(0, 30), records.slice(0, 30));
  return { name, file: made.file, normal: made.normal, program: made.program, steps: stream.steps };
};

const random = (n: number): Vector | null => {
  const r = new Random(batchSeed(SEED, n));
  const { normal, focus } = randomNormalForm(r);
  return vectorOf(`random-${n}`, r, documentsOf(r, sayable(normal)), (compiledForm) => {
    const source = new EventSource(r, compiledForm, focus);
    return r.list(EVENTS, () => deliver(r, source.next()));
  });
};

const byDiagrams = (n: number): Vector | null => {
  const { normal, deliveries } = diagrams(n);
  const r = new Random(n);
  return vectorOf(`diagrams-${n}`, r, documentsOf(r, sayable(normal)), () => deliveries.slice(0, EVENTS));
};

/** What is done with a read of `/etc/shadow`: bundles that a host's own tests tell apart, whatever is drawn. */
const written = (action: 'allow' | 'kill'): Vector => {
  const text = `
apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: shadow}
spec:
  mode: enforce
  rules:
    - {name: read, action: ${action}, on: file.read, when: 'file.path == "/etc/shadow"'}
`;
  const r = new Random(0);
  const read = (path: string): Delivery =>
    deliver(r, { kind: KIND_OF_READ, time: undefined, values: new Map([[fieldId('file.path'), path]]) });
  const vector = vectorOf(`${action}-shadow`, r, text, () => ['/etc/shadow', '/etc/passwd'].map(read));
  if (vector === null) throw new Error('BUG: a written policy does not compile');
  return vector;
};

/** @returns all vectors, the same each time */
export const makeVectors = (): readonly Vector[] => {
  const vectors: Vector[] = [];
  const add = (vector: Vector | null): void => {
    if (vector) vectors.push(vector);
  };
  for (let n = 0; vectors.length < BUNDLES; n++) add(random(n));
  for (let n = 0; n < DIAGRAMS; n++) add(byDiagrams(n));
  vectors.push(written('allow'), written('kill'));
  return vectors;
};

/** The files of a vector, by name. */
export const filesOf = ({ name, file, steps }: Vector): readonly (readonly [string, Uint8Array])[] => [
  [`${name}.lictor`, file],
  [`${name}.steps`, writeSteps(steps)],
];

/** Kinds that no vector asks about. */
export const kindsMissing = (vectors: readonly Vector[]): readonly string[] => {
  const asked = new Set<number>();
  for (const { steps } of vectors)
    for (const step of steps)
      if (step.does === 'evaluate')
        for (let at = 0; at < step.records.length;) {
          const decoded = decodeRecord(step.records, at);
          if ('error' in decoded) break;
          asked.add(decoded.event.kind);
          at += decoded.size;
        }
  return KINDS.filter(({ id }) => !asked.has(id)).map(({ name }) => name);
};

/** Operators of conditions in the vectors, comparisons by their sign. */
export const operatorsIn = (vectors: readonly Vector[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const look = (expr: Expr): void => {
    found.add(expr.op === 'compare' ? expr.cmp : expr.op);
    if (expr.op === 'and' || expr.op === 'or') expr.args.forEach(look);
    else if (expr.op === 'not') look(expr.arg);
    else if (expr.op === 'any') look(expr.test);
  };
  for (const { normal } of vectors)
    for (const { rules } of normal.policies)
      for (const { when, unless } of rules) [when, ...unless.map((one) => one.when)].forEach(look);
  return found;
};
