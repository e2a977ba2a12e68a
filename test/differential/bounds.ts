/** What programs of fixed bundles may cost at worst: a change of the planner shows here as text. */
import { planAndEmit } from '../../compiler/backend.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';

const SEED = 5;
const BUNDLES = 60;

const boundsOf = (cost: Readonly<Record<string, number>>): string => Object.values(cost).join(' ');

/** A line for each bundle: its rules, the steps of each kind in known and in unknown workloads, and the bytes of its program. */
export function boundsText(): string {
  let text = '';
  for (let n = 0; n < BUNDLES; n++) {
    const { normal } = randomNormalForm(new Random(batchSeed(SEED, n)));
    const rules = normal.policies.reduce((sum, policy) => sum + policy.rules.length, 0);
    if (rules > 60) continue;
    const made = planAndEmit(normal, { allowSlow: true });
    const said =
      'errors' in made
        ? 'no plan'
        : `${boundsOf(made.cost)} / ${boundsOf(made.unknownCost)}; ${made.program.length} bytes`;
    text += `${n}: ${rules} rules; ${said}\n`;
  }
  return text;
}
