/**
 * The vectors (vm/vectors) are those that the reference makes today, and the host of this language gives what they say.
 * `UPDATE=1` writes them anew.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBundle } from '../../vm/bundle/index.ts';
import { createVm, type VmBundle, VmError } from '../../vm/host/index.ts';
import { ERRORS } from '../../vm/spec/index.ts';
import { filesOf, kindsMissing, makeVectors, operatorsIn } from './make.ts';
import { makeRefused, refusedTable } from './refused.ts';
import { readSteps, type Step } from './read.ts';
import { expectedOf } from './steps.ts';

const FOLDER = join(import.meta.dirname, '../../vm/vectors/v1');
const REFUSED = join(FOLDER, 'refused');

const vectors = makeVectors();
const refused = makeRefused(vectors);
const files = new Map<string, Uint8Array>([
  ...vectors.flatMap(filesOf),
  ...refused.map(({ name, file }) => [`refused/${name}.lictor`, file] as const),
  ['refused.tsv', Buffer.from(refusedTable(refused))] as const,
]);

if (process.env['UPDATE'] === '1') {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(REFUSED, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(FOLDER, name), bytes);
}

test('the files are those that the reference makes', () => {
  const there = [...readdirSync(FOLDER), ...readdirSync(REFUSED).map((name) => `refused/${name}`)];
  assert.equal(there.filter((name) => name !== 'refused').sort(), [...files.keys()].sort());
  for (const [name, bytes] of files)
    assert.ok(readFileSync(join(FOLDER, name)).equals(bytes), `${name} is stale: UPDATE=1`);
});

const OPERATORS = ['and', 'or', 'not', 'exists', 'truth', '=', '<', '<=', '>', '>=', 'in', 'startswith', 'endswith'];
const MORE_OPERATORS = ['contains', 'glob', 'matches', 'within', 'flag', 'has', 'any'];

test('they ask about every kind with every operator, in at least 5,000 events, and are refused in every way', () => {
  const events = vectors
    .flatMap(({ steps }) => steps)
    .reduce((sum, step) => sum + ('expected' in step ? step.expected.length : 0), 0);
  console.log(`${vectors.length} bundles, ${events} verdicts, ${refused.length} files that must not load`);
  assert.ok(events >= 5000);
  assert.equal(kindsMissing(vectors), []);
  assert.equal([...operatorsIn(vectors)].sort(), [...OPERATORS, ...MORE_OPERATORS].sort());
  const statuses = new Set(refused.map(({ by }) => by));
  for (const name of ['magic', 'version', 'bounds', 'control', 'opcode', 'cost'] as const)
    assert.ok(statuses.has(String(ERRORS[name].code)), `a program that is refused for its ${name}`);
});

const statusOf = (act: () => void): number => {
  try {
    act();
    return 0;
  } catch (error) {
    if (error instanceof VmError) return ERRORS[error.code as keyof typeof ERRORS].code;
    throw error;
  }
};

/** Evaluates to the end: a batch may end early. */
const evaluate = (bundle: VmBundle, { does, records, expected }: Extract<Step, { expected: unknown }>): void => {
  bundle.input(records.length).set(records);
  if (does === 'evaluateRing') assert.is(bundle.evaluateRing(records.length), expected.length);
  for (let done = 0, offset = 0; done < expected.length;) {
    const n = does === 'evaluateRing' ? expected.length : bundle.evaluate(records.length, offset);
    assert.ok(n > 0);
    for (let i = 0; i < n; i++, done++) {
      const said = expectedOf(bundle.decision(i));
      const { verdict, ...lists } = expected[done];
      // a decision does not say whether the record was well formed
      said.verdict.set([bundle.flags(i)], 1);
      assert.equal({ ...said, verdict: [...said.verdict] }, { ...lists, verdict: [...verdict] });
      if (does === 'evaluate') offset += Buffer.from(records).readUInt32LE(offset);
    }
  }
};

for (const { name } of vectors)
  test(name, () => {
    const read = readBundle(readFileSync(join(FOLDER, `${name}.lictor`)));
    if ('error' in read) throw new Error(read.error);
    const { manifest, program } = read.bundle;
    const bundle = createVm().load(program);
    for (const step of readSteps(readFileSync(join(FOLDER, `${name}.steps`)))) {
      switch (step.does) {
        case 'name': {
          const { name: of, policy } = manifest.rules[step.rule];
          assert.equal([policy, `${manifest.policies[policy].name}/${of}`], [step.policy, step.name]);
          break;
        }
        case 'putSubject':
        case 'putWorkload':
          assert.is(
            statusOf(() => bundle[step.does](step.key, step.record)),
            step.status,
          );
          break;
        case 'dropSubject':
        case 'dropWorkload':
          bundle[step.does](step.key);
          break;
        default:
          evaluate(bundle, step);
      }
    }
  });

for (const { name, by } of refused)
  test(`${name} is refused`, () => {
    const read = readBundle(readFileSync(join(REFUSED, `${name}.lictor`)));
    if (by === 'container') return assert.ok('error' in read);
    if ('error' in read) throw new Error(read.error);
    assert.is(
      statusOf(() => void createVm().load(read.bundle.program)),
      Number(by),
    );
  });

test.run();
