/** The search for one text in another, where no key answers it: right, and linear whatever the texts are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { Random, runSeed } from '../generators/random.ts';
import { field, id, policyOf, programOf } from './fixtures.ts';

const test = suite('contains');
const seed = runSeed();
console.log(`seed ${seed}`);

const vm = createVm({ counting: true });
// two fields: no classifier can hold the key
const bundle = vm.load(
  programOf(policyOf([{ op: 'contains', fold: false, left: field('proc.cmdline'), right: field('proc.pcmdline') }]))
    .program,
);

const found = (text: string, part: string): { holds: boolean; steps: number } => {
  const values = new Map([
    [id('proc.cmdline'), text],
    [id('proc.pcmdline'), part],
  ]);
  const record = encodeRecord({ kind: 2, time: 1n, values });
  bundle.input(record.length).set(record);
  vm.takeSteps();
  bundle.evaluate(record.length);
  return { holds: bundle.rule(0) === 0, steps: vm.takeSteps() };
};

test('as String.includes, on texts of few letters', () => {
  const r = new Random(seed);
  const letters = (n: number): string => r.list(n, () => r.pick(['a', 'b'])).join('');
  for (let n = 0; n < 5000; n++) {
    const text = letters(r.below(60));
    const part = r.chance(0.5) ? letters(r.between(1, 12)) : text.slice(r.below(60)).slice(0, 20);
    assert.is(found(text, part).holds, text.includes(part), `${JSON.stringify(text)} contains ${JSON.stringify(part)}`);
  }
});

test('a text that almost contains another everywhere costs twice its bytes at most', () => {
  const text = 'a'.repeat(16_000);
  for (const part of [`${'a'.repeat(8000)}b`, `b${'a'.repeat(8000)}`, `${'a'.repeat(4000)}b${'a'.repeat(4000)}`]) {
    const { holds, steps } = found(text, part);
    assert.not(holds);
    assert.ok(steps < 2 * (text.length + part.length), `${steps} steps`);
  }
});

test.run();
