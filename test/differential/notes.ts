/** Batches whose events note more than the array for it holds: they end early and go on, and nothing beside it is harmed. */
import { planAndEmit } from '../../compiler/backend.ts';
import { FALSE, TRUE, type NormalForm } from '../../vm/bundle/normal.ts';
import type { Vm } from '../../vm/host/index.ts';
import type { Delivery } from './case.ts';
import { Pair } from './engines.ts';

const EXEC = 1;
/** Enough for the array to fill up a few times. */
const EVENTS = 7000;

/** A bundle that notes `noted` rules of each event, and denies none. */
const noting = (noted: number): NormalForm => ({
  version: 1,
  policies: [
    {
      ...{ name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {} },
      rules: Array.from({ length: noted + 1 }, (_, n) => ({
        ...{ name: `r${n}`, kinds: [EXEC], unless: [], action: 'audit', errno: 1, continue: true },
        when: n < noted ? TRUE : FALSE,
      })),
    },
  ],
});

/** @returns what differs, for bundles that note 1, 2, 3 … rules of each event */
export function overflow(vm: Vm): string | null {
  const event: Delivery = { kind: EXEC, time: undefined, inline: new Map(), subject: new Map(), workload: new Map() };
  const deliveries = Array.from({ length: EVENTS }, () => event);
  for (let noted = 1; noted <= 3; noted++) {
    const normal = noting(noted);
    const made = planAndEmit(normal);
    if ('errors' in made) throw new Error('BUG: no plan for rules without conditions');
    // The first stands in front of the second in memory: what one writes beyond its end harms the other.
    const pairs = [0, 1].map(() => Pair.of(vm, normal, made.program));
    for (const pair of pairs) {
      const difference = pair.compare(deliveries);
      if (difference !== null) return difference.what;
    }
    for (const pair of pairs) pair.unload();
  }
  return null;
}
