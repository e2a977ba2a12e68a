/** The bounds of each kind, as a table. */
import type { Manifest } from '../../vm/bundle/manifest.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { Output } from './io.ts';
import { table } from './table.ts';
import { count } from './text.ts';

/**
 * @returns kinds that the bundle decides, in the order of the specification, each with its steps in the worst case: in workloads
 * that are known, and in those whose metadata have not arrived
 */
export function costTable(out: Output, manifest: Manifest): string {
  const kinds = KINDS.filter(({ name }) => manifest.cost[name] !== undefined && manifest.kinds.includes(name));
  const rulesOf = (kind: string): number => manifest.rules.filter((rule) => rule.kinds.includes(kind)).length;
  return table(
    out,
    [{ title: 'KIND' }, ...['RULES', 'STEPS AT MOST', 'UNKNOWN WORKLOAD'].map((title) => ({ title, right: true as const }))],
    kinds.map(({ name }) => {
      const numbers = [rulesOf(name), manifest.cost[name], manifest.unknownCost[name]];
      return [name, ...numbers.map(count)];
    }),
  );
}
