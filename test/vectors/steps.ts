/** Files of steps (vm/vectors/README.md): what is done with a bundle, and what must come out. */
import type { Decision } from '../../vm/event/index.ts';
import { ACTIONS, DEFAULT_ERRNO, ERRNOS, NO_POLICY, NO_RULE, VERDICT, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { flatOf } from '../differential/flat.ts';

const MAGIC = 'LICTORV1';
const CODE = {
  putWorkload: 1,
  putSubject: 2,
  dropWorkload: 3,
  dropSubject: 4,
  evaluate: 5,
  evaluateRing: 6,
  name: 7,
} as const;

/** A verdict with the lists that its flags announce. */
export interface Expected {
  /** As the module writes it. */
  readonly verdict: Uint8Array;
  readonly actual: readonly number[];
  readonly asIf: readonly number[];
  readonly assumed: readonly number[];
}

export type Step =
  | {
      readonly does: 'putWorkload' | 'putSubject';
      readonly key: bigint;
      readonly status: number;
      readonly record: Uint8Array;
    }
  | { readonly does: 'dropWorkload' | 'dropSubject'; readonly key: bigint }
  | { readonly does: 'evaluate' | 'evaluateRing'; readonly records: Uint8Array; readonly expected: readonly Expected[] }
  | { readonly does: 'name'; readonly rule: number; readonly policy: number; readonly name: string };

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value >>> 0, 4 * i));
  return bytes;
};
const keyOf = (key: bigint): Buffer => words(Number(key & 0xffffffffn), Number(key >> 32n));
const list = (numbers: readonly number[]): Buffer => words(numbers.length, ...numbers);

/** @returns whether a verdict has lists */
export const hasLists = (verdict: Uint8Array): boolean =>
  (verdict[VERDICT.flags] & (VERDICT_FLAGS.matches | VERDICT_FLAGS.assumed)) !== 0;

const payloadOf = (step: Step): Buffer => {
  switch (step.does) {
    case 'putWorkload':
    case 'putSubject':
      return Buffer.concat([keyOf(step.key), words(step.status), step.record]);
    case 'dropWorkload':
    case 'dropSubject':
      return keyOf(step.key);
    case 'evaluate':
    case 'evaluateRing': {
      const verdicts = step.expected.flatMap(({ verdict, actual, asIf, assumed }) =>
        hasLists(verdict) ? [verdict, list(actual), list(asIf), list(assumed)] : [verdict],
      );
      return Buffer.concat([words(step.records.length, step.expected.length), step.records, ...verdicts]);
    }
    case 'name':
      return Buffer.concat([words(step.rule, step.policy), Buffer.from(step.name)]);
  }
};

/** @returns the file */
export const writeSteps = (steps: readonly Step[]): Buffer =>
  Buffer.concat([
    Buffer.from(MAGIC),
    ...steps.flatMap((step) => {
      const payload = payloadOf(step);
      return [words(CODE[step.does], payload.length), payload, Buffer.alloc(-payload.length & 3)];
    }),
  ]);

class Reader {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  word(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }
  key(): bigint {
    this.at += 8;
    return this.bytes.readBigUInt64LE(this.at - 8);
  }
  take(length: number): Buffer {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  list(): number[] {
    return Array.from({ length: this.word() }, () => this.word());
  }
  expected(): Expected {
    const verdict = this.take(VERDICT.size);
    if (!hasLists(verdict)) return { verdict, actual: [], asIf: [], assumed: [] };
    return { verdict, actual: this.list(), asIf: this.list(), assumed: this.list() };
  }
}

const stepOf = (code: number, payload: Buffer): Step => {
  const r = new Reader(payload);
  switch (code) {
    case CODE.putWorkload:
    case CODE.putSubject: {
      const [key, status] = [r.key(), r.word() | 0];
      const record = r.take(payload.length - r.at);
      return { does: code === CODE.putWorkload ? 'putWorkload' : 'putSubject', key, status, record };
    }
    case CODE.dropWorkload:
      return { does: 'dropWorkload', key: r.key() };
    case CODE.dropSubject:
      return { does: 'dropSubject', key: r.key() };
    case CODE.evaluate:
    case CODE.evaluateRing: {
      const [bytes, count] = [r.word(), r.word()];
      const records = r.take(bytes);
      const expected = Array.from({ length: count }, () => r.expected());
      return { does: code === CODE.evaluate ? 'evaluate' : 'evaluateRing', records, expected };
    }
    case CODE.name:
      return { does: 'name', rule: r.word(), policy: r.word(), name: r.take(payload.length - r.at).toString() };
    default:
      throw new Error(`no step has the code ${code}`);
  }
};

/** @throws where the file is none of steps */
export const readSteps = (file: Buffer): Step[] => {
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('not a file of steps');
  const r = new Reader(file);
  r.at = MAGIC.length;
  const steps: Step[] = [];
  while (r.at < file.length) {
    const code = r.word();
    const payload = r.take(r.word());
    r.at += -payload.length & 3;
    steps.push(stepOf(code, payload));
  }
  return steps;
};

/** The bytes of a verdict. @param flat as `flatOf` gives them */
export const verdictBytes = (flat: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(VERDICT.size);
  bytes.set(flat.slice(0, 4));
  bytes.writeUInt32LE(flat[4], VERDICT.rule);
  bytes.writeUInt32LE(flat[5], VERDICT.asIfRule);
  bytes.writeUInt16LE(flat[6], VERDICT.policy);
  bytes.writeUInt16LE(flat[7], VERDICT.asIfPolicy);
  return bytes;
};

/** What the module must say for a decision of the reference. */
export const expectedOf = (decision: Decision): Expected => ({
  verdict: verdictBytes(flatOf(decision)),
  actual: decision.actual.matches,
  asIf: decision.asIf.matches,
  assumed: decision.assumed,
});

const DENY = ACTIONS.indexOf('deny');

/** What it must say of a record that is not well formed. */
export const MALFORMED: Expected = {
  verdict: verdictBytes([
    DENY,
    VERDICT_FLAGS.malformed,
    ERRNOS[DEFAULT_ERRNO],
    DENY,
    NO_RULE,
    NO_RULE,
    NO_POLICY,
    NO_POLICY,
  ]),
  actual: [],
  asIf: [],
  assumed: [],
};
