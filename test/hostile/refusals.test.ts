/**
 * Each word of a few programs is put wrong in several ways: with which error the VM refuses it stands in `refusals/`.
 * `UPDATE=1` draws the programs anew, as a new format needs it, so that every form of table and test is in one of them.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { CLASSIFIER, KIND, PROGRAM, REF, REJECT, TEST } from '../../vm/spec/index.ts';
import { derived } from '../differential/derived.ts';
import { diagrams } from '../differential/diagrams.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { refusalsOf, type Refusals } from './refusals.ts';
import { slack } from './slack.ts';

const FOLDER = join(import.meta.dirname, 'refusals');
const SEED = 1;
const BUNDLES = 400;
const DIAGRAMS = 12;
const MAX_BYTES = 8000;

const programOf = (normal: NormalForm): Uint8Array | null => {
  const made = planAndEmit(normal);
  return 'errors' in made ? null : made.program;
};
const randomProgram = (n: number): Uint8Array | null =>
  programOf(randomNormalForm(new Random(batchSeed(SEED, n))).normal);

/** Forms of classifiers and tests in a program, and whether policies are assumed in it. */
function features(program: Uint8Array): string[] {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const rows = (at: number, count: number, size: number, of: (row: number) => string): string[] =>
    Array.from({ length: view.getUint32(count, true) }, (_, n) => of(view.getUint32(at, true) + n * size));
  const two = (name: string, row: number, mask = 255): string => `${name} ${program[row]} ${program[row + 1] & mask}`;
  return [
    ...rows(PROGRAM.classifiersAt, PROGRAM.classifierCountAt, CLASSIFIER.size, (row) => two('classifier', row)),
    ...rows(
      PROGRAM.kindsAt,
      PROGRAM.kindCountAt,
      KIND.size,
      (row) => `assumed ${view.getUint32(row + KIND.assumed, true) > 0}`,
    ),
    ...rows(PROGRAM.testsAt, PROGRAM.testCountAt, TEST.size, (row) =>
      // the byte behind the operation has the first bits of the left operand as well
      two('test', row, 2 ** (TEST.leftShift - TEST.subShift) - 1),
    ),
    ...rows(PROGRAM.testsAt, PROGRAM.testCountAt, TEST.size, (row) => endName(view.getUint32(row + TEST.yes, true))),
  ];
}

/** What a jump of a diagram ends in. */
const endName = (to: number): string =>
  to < REF.node || to >= REJECT ? 'no end' : to >= REF.entry ? 'end in an entry' : 'end in a list';

function draw(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  const drawn = [
    ...Array.from({ length: BUNDLES }, (_, n) => ({ name: `${n}`, program: randomProgram(n) })),
    ...Array.from({ length: DIAGRAMS }, (_, n) => ({ name: `diagrams-${n}`, program: programOf(diagrams(n).normal) })),
  ];
  const all = drawn.flatMap(({ name, program }) =>
    program !== null && program.length <= MAX_BYTES ? [{ name, program, has: features(program) }] : [],
  );
  const seen = new Set<string>();
  for (;;) {
    const fresh = (has: readonly string[]): number => new Set(has.filter((feature) => !seen.has(feature))).size;
    const next = all.reduce((a, b) => (fresh(b.has) > fresh(a.has) ? b : a));
    if (fresh(next.has) === 0) return;
    for (const feature of next.has) seen.add(feature);
    const program = Buffer.from(next.program).toString('base64');
    const refusals: Refusals = { about: `bundle ${next.name} of seed ${SEED}`, program, codes: refusalsOf(program) };
    writeFileSync(join(FOLDER, `${next.name}.json`), `${JSON.stringify(refusals, null, 2)}\n`);
  }
}

const test = suite('refusals');
if (process.env.UPDATE === '1') draw();

for (const file of readdirSync(FOLDER)) {
  test(file, () => {
    const { program, codes } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Refusals;
    assert.is(refusalsOf(program), codes);
  });
}

test('the compiler states the bound that the VM computes, not more', () => {
  for (let n = 0; n < 40; n++) {
    const program = randomProgram(n);
    if (program !== null) assert.equal(slack(program), [], `bundle ${n} of seed ${SEED}`);
  }
  for (let n = 0; n < DIAGRAMS; n++) {
    const program = programOf(diagrams(n).normal);
    if (program !== null) assert.equal(slack(program), [], `diagrams ${n}`);
  }
  const made = planAndEmit(derived().normal, { allowSlow: true });
  if (!('errors' in made)) assert.equal(slack(made.program), [], 'all derived fields');
});

test.run();
