/**
 * Holds the VM against the reference for as long as asked, and says how far it is.
 * Usage: node --import tsx tools/fuzz-long.ts [--pairs 5000000] [--seed N] [--batch FIRST]
 */
import { parseArgs } from 'node:util';
import { printCase } from '../test/differential/case.ts';
import { run, type Outcome } from '../test/differential/run.ts';
import { runSeed } from '../test/generators/random.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5000000' },
    seed: { type: 'string' },
    batch: { type: 'string', default: '0' },
  },
});
const natural = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    console.error(`--${name} is a natural number, not \`${text}\``);
    process.exit(64);
  }
  return value;
};

const pairs = natural('pairs', values.pairs);
const seed = values.seed === undefined ? runSeed() : natural('seed', values.seed);
const started = performance.now();
const SAY_EVERY = 10_000;
let said = started;

const summary = ({ pairs: done, bundles, refused }: Outcome): string => {
  const seconds = (performance.now() - started) / 1000;
  return `${done} of ${pairs} pairs, ${bundles} bundles, ${refused} without a plan, ${seconds.toFixed(0)} s`;
};

console.log(`seed ${seed}`);
const outcome = run(seed, pairs, natural('batch', values.batch), (so) => {
  if (performance.now() - said < SAY_EVERY) return;
  said = performance.now();
  console.error(summary(so));
});
console.log(summary(outcome));
if (outcome.failure === null) console.log('no difference');
else {
  const { batch, what, smallest } = outcome.failure;
  console.log(`difference in batch ${batch}: ${what}`);
  console.log(smallest === null ? 'only in its batch' : printCase(smallest, `seed ${seed}, batch ${batch}`));
  process.exit(1);
}
