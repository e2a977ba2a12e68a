/** Entries by the names of the manifest. */
import type { Manifest } from '../bundle/manifest.ts';
import { ACTIONS, ENTRY_FLAGS } from '../spec/index.ts';
import type { EntryRow } from './program.ts';

/** `policy/rule deny`, `policy default audit`, with what else is special about it. */
export const entryName = (entry: EntryRow, manifest: Manifest): string => {
  const policy = manifest.policies[entry.policy]?.name ?? '?';
  const action = ACTIONS[entry.action];
  const extra = (['continue', 'observed', 'assumed'] as const).filter((name) => entry.flags & ENTRY_FLAGS[name]);
  const notes = extra.length > 0 ? ` (${extra.join(', ')})` : '';
  if (entry.flags & ENTRY_FLAGS.mark) return `${policy} is assumed`;
  if (entry.rule < 0) return `${policy} default ${action}${notes}`;
  return `${policy}/${manifest.rules[entry.rule]?.name ?? '?'} ${action}${notes}`;
};
