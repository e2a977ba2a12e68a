/** Where each rule went: what is looked up to find it, and what is left to check then. */
import type { Manifest } from '../bundle/manifest.ts';
import { ACCEPT } from '../spec/index.ts';
import { ProgramReader } from './program.ts';

export interface Placement {
  readonly policy: string;
  /** Null for a default. */
  readonly rule: string | null;
  readonly kind: string;
  /** `text file.path = "/etc/shadow"`, `always`; a few of them where there are many. */
  readonly found: readonly string[];
  /** Keys beyond those in `found`. */
  readonly more: number;
  /** Whether something remains to be checked. */
  readonly checked: boolean;
  /** Entries in the longest list or the largest diagram that it stands in. */
  readonly shares: number;
}

const SHOWN = 4;

/** Every rule and default of every kind, in the order of decision. */
export const placement = (program: Uint8Array, manifest: Manifest): Placement[] => {
  const reader = new ProgramReader(program);
  const entries = reader.entries;
  const classifiers = reader.classifiers;
  return reader.kinds.flatMap((kind) => {
    const byEntry = new Map<number, { found: string[]; checked: boolean; shares: number }>();
    for (const { classifiers: used, lists } of kind.known) {
      for (const { keys, candidates } of lists) {
        const key = used.map((c, i) => `${classifiers[c].form} ${classifiers[c].operand} ${keys[i]}`).join(' + ');
        for (const { entry, test } of candidates) {
          const row = byEntry.get(entry) ?? { found: [], checked: false, shares: 0 };
          row.found.push(key || 'always');
          row.checked ||= test !== ACCEPT;
          row.shares = Math.max(row.shares, candidates.length);
          byEntry.set(entry, row);
        }
      }
    }
    const ordered = [...byEntry].sort(([a], [b]) => a - b);
    return ordered.map(([entry, { found, checked, shares }]) => ({
      policy: manifest.policies[entries[entry].policy].name,
      rule: entries[entry].rule < 0 ? null : manifest.rules[entries[entry].rule].name,
      kind: kind.name,
      found: found.slice(0, SHOWN),
      more: Math.max(0, found.length - SHOWN),
      checked,
      shares,
    }));
  });
};
