/** Writes files of steps (vm/vectors/README.md): what is done with a bundle, and what must come out. */
import type { Decision } from '../../vm/event/index.ts';
import { ACTIONS, DEFAULT_ERRNO, ERRNOS, NO_POLICY, NO_RULE, VERDICT, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { flatOf } from '../differential/flat.ts';
import { CODE, type Expected, hasLists, MAGIC, type Step } from './read.ts';

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value >>> 0, 4 * i));
  return bytes;
};
const keyOf = (key: bigint): Buffer => words(Number(key & 0xffffffffn), Number(key >> 32n));
const list = (numbers: readonly number[]): Buffer => words(numbers.length, ...numbers);

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
