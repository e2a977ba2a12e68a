/** The bounds of each kind, as a table. */
import type { Manifest } from '../../vm/bundle/manifest.ts';
import { type Factors, factorsOf } from '../../vm/listing/index.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { Output } from './io.ts';
import { table } from './table.ts';
import { count } from './text.ts';

/**
 * @param program one that the compiler made or the VM has loaded
 * @returns kinds that the bundle decides, in the order of the specification, each with its steps in the worst case, in workloads
 * that are known and in those whose metadata have not arrived, and what these steps multiply
 */
export function costTable(out: Output, manifest: Manifest, program: Uint8Array): string {
  const kinds = KINDS.filter(({ name }) => manifest.cost[name] !== undefined && manifest.kinds.includes(name));
  const rulesOf = (kind: string): number => manifest.rules.filter((rule) => rule.kinds.includes(kind)).length;
  const factors = factorsOf(program);
  const among = kinds.some(({ name }) => name in factors) ? [{ title: 'AMONG THEM' }] : [];
  return table(
    out,
    [
      { title: 'KIND' },
      ...['RULES', 'STEPS AT MOST', 'UNKNOWN WORKLOAD'].map((title) => ({ title, right: true as const })),
      ...among,
    ],
    kinds.map(({ name }) => {
      const numbers = [rulesOf(name), manifest.cost[name], manifest.unknownCost[name]];
      return [name, ...numbers.map(count), ...among.map(() => (name in factors ? factorText(factors[name]) : ''))];
    }),
  );
}

const factorText = ({ stepsPerByte, tuples }: Factors): string =>
  [
    ...(stepsPerByte > 0 ? [`${count(stepsPerByte)} for each byte that is searched`] : []),
    ...(tuples > 0 ? [`those of ${count(tuples)} ${tuples === 1 ? 'tuple' : 'tuples'} of globs`] : []),
  ].join(', ');
