/** L4xxx: policies that are sound but have no program. */
import type { CatalogueEntry } from './catalogue.ts';

export const PLAN_CODES = {
  L4001: {
    title: 'no plan within the budget',
    severity: 'error',
    text: 'The worst case of one event would take more steps than the budget allows. It grows with rules that nothing selective finds: rules that only negate, ask for flags or compare ranges, expressions over long fields, and many such rules on one kind. Add a selective condition (a path, a name, an address), split the policy by kind, or build with `--allow-slow`: the cost is then printed and shows in `inspect`.',
  },
  L4002: {
    title: 'pattern too complex',
    severity: 'error',
    text: 'The automaton of the pattern would have more states than fit. Counted repetitions of wide classes multiply; write several smaller patterns joined by `and` or `or` instead.',
  },
  L4003: {
    title: 'program larger than asked for',
    severity: 'error',
    text: 'The program has more bytes than `--budget` allows.',
  },
} as const satisfies Record<string, CatalogueEntry>;
