/** `docs/bypasses.md`: ways round a guard, and what comes of each. */
import { BYPASSES } from '../../test/shim/bypass/rows.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';

const outcome = (results: readonly string[]): string =>
  results.map((result) => (result === 'reached' ? '**reached**' : code(result))).join(' or ');

/** @returns the page of ways round a guard */
export const bypasses = (): Target =>
  page(
    'docs/bypasses.md',
    'Ways round a guard',
    'Each row is tried with every test run, as root and as another user (`test/shim/bypass`): a policy keeps one file from being read and changed in any way, another from being written, names from coming to be, and a program from being executed. What is **reached** is named here and by `lictor doctor`, not prevented.',
    '',
    ...table(
      ['way', 'root', 'another user', 'how'],
      BYPASSES.map(({ way, root, user, how }) => [way, outcome(root), outcome(user), how]),
    ),
  );
