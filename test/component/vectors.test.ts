/** The conformance vectors through the component, as hosts that speak JavaScript have it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBundle } from '../../vm/bundle/index.ts';
import { VERDICT } from '../../vm/spec/index.ts';
import { hasLists, readSteps, type Step } from '../vectors/read.ts';
import { type Engine, newEngine, statusOf } from './component.ts';

const FOLDER = join(import.meta.dirname, '../../vm/vectors/v1');
const ACTUAL = 0x80000000;
const AS_IF = 0x40000000;

const marked = (numbers: Uint32Array, mark: number): number[] =>
  [...numbers].filter((number) => (number & mark) !== 0).map((number) => number & 0x3fffffff);

type Evaluation = Extract<Step, { readonly expected: unknown }>;

/** @returns how many verdicts there were */
const evaluate = (engine: Engine, program: number, { does, records, expected }: Evaluation): number => {
  let done = 0;
  for (let at = 0; at < records.length;) {
    const { verdicts, consumed } = engine[does](program, records.subarray(at));
    for (let i = 0; i * VERDICT.size < verdicts.length; i++, done++) {
      const wanted = expected[done];
      assert.equal([...verdicts.subarray(i * VERDICT.size, (i + 1) * VERDICT.size)], [...wanted.verdict]);
      if (!hasLists(wanted.verdict)) continue;
      const matches = engine.matches(program, i);
      assert.equal(marked(matches, ACTUAL), wanted.actual);
      assert.equal(marked(matches, AS_IF), wanted.asIf);
      assert.equal(
        [...engine.assumed(program, i)].sort((a, b) => a - b),
        wanted.assumed,
      );
    }
    if (verdicts.length === 0) break; // a record that is still being written
    at += consumed;
  }
  assert.is(done, expected.length);
  return done;
};

const CALLS = {
  putWorkload: 'workloadPut',
  putSubject: 'subjectPut',
  dropWorkload: 'workloadDrop',
  dropSubject: 'subjectDrop',
} as const;

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.steps'));
let verdicts = 0;

for (const file of names)
  test(file, () => {
    const read = readBundle(readFileSync(join(FOLDER, file.replace(/steps$/, 'lictor'))));
    if ('error' in read) throw new Error(read.error);
    const { engine } = newEngine();
    const program = engine.load(read.bundle.program);
    for (const step of readSteps(readFileSync(join(FOLDER, file)))) {
      if ('expected' in step) verdicts += evaluate(engine, program, step);
      else if ('record' in step) {
        assert.is(
          statusOf(() => engine[CALLS[step.does]](program, step.key, step.record)),
          step.status,
        );
      } else if (step.does !== 'name') statusOf(() => engine[CALLS[step.does]](program, step.key));
    }
  });

const refused = readFileSync(join(FOLDER, 'refused.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))
  .filter(([, by]) => by !== 'container');

for (const [name, by, why] of refused)
  test(`${name} is refused: ${why}`, () => {
    const read = readBundle(readFileSync(join(FOLDER, 'refused', `${name}.lictor`)));
    if ('error' in read) throw new Error(read.error);
    assert.is(String(statusOf(() => newEngine().engine.load(read.bundle.program))), by);
  });

test('that is all of them', () => {
  assert.ok(names.length > 0 && verdicts > 0 && refused.length > 0);
  console.log(`${names.length} bundles, ${verdicts} verdicts`);
  console.log(`${refused.length} files refused`);
});

test.run();
