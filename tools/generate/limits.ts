/** `docs/limits.md`: every number that bounds something, and what live enforcement does not cover. */
import { UNCOVERED } from '../../shim/doctor/uncovered.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';

/** @returns the page of limits */
export const limits = (): Target =>
  page(
    'docs/limits.md',
    'Limits',
    'Every limit, with its reason. What goes beyond one is refused, or cut and said to be cut; never silently changed.',
    '',
    ...table(
      ['limit', 'value', 'of what, and why'],
      Object.entries(LIMITS).map(([name, l]) => [code(name), l.value, l.doc]),
    ),
    '',
    '## What `matches` refuses',
    '',
    ...table(
      ['syntax of RE2', 'why'],
      [
        [
          `${code('\\b')}, ${code('\\B')}, ${code('^')} and ${code('$')} of ${code('(?m)')}, ${code('^')} or ${code('$')} beside a part that may be empty`,
          'an automaton over bytes that matches the whole text would have to remember what stood before; each is refused with its place',
        ],
        [
          `Unicode properties (${code('\\p')}), negated classes with characters outside ASCII`,
          'expressions are over bytes, and their complement is not a set of characters',
        ],
      ],
    ),
    '',
    '## What guarding a workload does not cover',
    '',
    '`lictor doctor` says what this machine can do, `lictor doctor -b BUNDLE` what of it concerns each rule, and `lictor doctor --kinds` which fields nothing fills.',
    '',
    ...table(
      ['what', 'why'],
      UNCOVERED.map(({ what, why }) => [what, why]),
    ),
  );
