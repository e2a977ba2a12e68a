/** The bound of each kind, as a table. */
import type { Manifest } from '../../vm/bundle/manifest.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { Output } from './io.ts';
import { table } from './table.ts';
import { count } from './text.ts';

/** @returns kinds that the bundle decides, in the order of the specification, each with its steps in the worst case */
export function costTable(out: Output, manifest: Manifest): string {
  const kinds = KINDS.filter(({ name }) => manifest.cost[name] !== undefined && manifest.kinds.includes(name));
  const rulesOf = (kind: string): number => manifest.rules.filter((rule) => rule.kinds.includes(kind)).length;
  return table(
    out,
    [{ title: 'KIND' }, { title: 'RULES', right: true }, { title: 'STEPS AT MOST', right: true }],
    kinds.map(({ name }) => [name, count(rulesOf(name)), count(manifest.cost[name])]),
  );
}
