/**
 * The order in which KubeArmor looks entries up, and which of them get into each other's way.
 *
 * Its enforcer keeps a table for each container and asks it by path and source, directory and source (the deepest that
 * matches), path, program name, directory; the first entry that is found decides. The table is made of all policies of the
 * container, so what one policy says can stand between two entries of another.
 */
import type { Entry } from './entry.ts';

/** Stages with the words for them in names. Smaller is earlier. */
const STAGES = {
  note: 0,
  preset: 1,
  'path-from-source': 2,
  'name-from-source': 3,
  'directory-from-source': 4,
  path: 5,
  name: 6,
  directory: 7,
  'blocking-pattern': 8,
  pattern: 9,
} as const;
export type Stage = keyof typeof STAGES;

export interface Rank {
  readonly stage: Stage;
  /** Components of a directory, labels of a domain: the deeper comes first. */
  readonly depth: number;
}

export function rankOf({ target, sources, action }: Entry): Rank {
  if (action === 'Audit') return { stage: 'note', depth: 0 };
  const from = sources === null ? '' : '-from-source';
  switch (target.is) {
    case 'preset':
      return { stage: 'preset', depth: 0 };
    case 'directory':
      return { stage: `directory${from}`, depth: target.text.value.split('/').filter((part) => part !== '').length };
    case 'domain':
      return { stage: `directory${from}`, depth: target.text.value.split('.').length };
    case 'name':
    case 'protocol':
      return { stage: `name${from}`, depth: 0 };
    case 'pattern':
      return { stage: action === 'Block' ? 'blocking-pattern' : 'pattern', depth: 0 };
    default:
      return { stage: `path${from}`, depth: 0 };
  }
}

/** Less than zero: a is looked up before b. */
export const compareRanks = (a: Rank, b: Rank): number => STAGES[a.stage] - STAGES[b.stage] || b.depth - a.depth;

/** What the table has once: a later entry of the same key and source replaces the earlier. Notes are not in it. */
export const keysOf = ({ subject, target, sources, action }: Entry): string[] =>
  action === 'Audit' || target.is === 'preset' || target.is === 'pattern'
    ? []
    : (sources ?? [null]).map((source) => JSON.stringify([subject, target.is, target.text.value, source?.path.value]));

/** Of two entries that one event could be about (`eachOverlap`): whether it matters which of them is asked first. */
export const interfere = (a: Entry, b: Entry): boolean =>
  !(a.action === b.action && (a.action === 'Audit' || (isPlain(a) && isPlain(b))));

/** Always the same, whoever acts, however. */
export const isPlain = ({ ownerOnly, readOnly, offTerminal, args }: Entry): boolean =>
  !ownerOnly && !readOnly && !offTerminal && args === null;
