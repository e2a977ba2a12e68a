/** The planner: from typed rules to the steps that find their candidates. A pure function; bytes are the emitter's. */
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { Accesses } from './access.ts';
import { choose } from './choose.ts';
import { numberEntries } from './entries.ts';
import type { Plan } from './types.ts';

export { isNode, pairOf } from './types.ts';
export type { Access, Candidate, Classifier, Diagram, Entry, KindPlan, Plan, Step } from './types.ts';

/** Plans a bundle. */
export const plan = (normal: NormalForm): Plan => {
  const { entries, kinds } = numberEntries(normal);
  const accesses = new Accesses();
  const planned = kinds.map(({ kind, known, unknown, assumed }) => {
    const steps = choose(known, entries, accesses);
    return { kind, known: steps, unknown: unknown === known ? steps : choose(unknown, entries, accesses), assumed };
  });
  return {
    entries,
    classifiers: accesses.classifiers,
    kinds: planned,
    ruleCount: normal.policies.reduce((n, policy) => n + policy.rules.length, 0),
    policyCount: normal.policies.length,
  };
};
