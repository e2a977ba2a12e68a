/** Test results for people: a line a suite, what differs in the cases that failed, what no case reaches. */
import type { Output } from '../output/io.ts';
import { table } from '../output/table.ts';
import { printable, quantity } from '../output/text.ts';
import { groupBy } from '../group.ts';
import { passed, percentage, type CaseResult, type RuleCoverage } from './run.ts';

/** @returns what is wrong with a failed case, a line each */
export const describe = ({ error, mismatches }: CaseResult): string[] =>
  error !== null
    ? [error]
    : mismatches.map(
        ({ part, expected, actual }) => `${part}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      );

/** @param place of a case: path and line */
export function results(cases: readonly CaseResult[], place: (result: CaseResult) => string, out: Output): string {
  const { style } = out;
  const lines: string[] = [];
  for (const [suite, group] of groupBy(cases, (one) => one.suite)) {
    const failed = group.filter((one) => !passed(one));
    const counts = quantity(group.length, 'case') + (failed.length > 0 ? `, ${failed.length} failed` : '');
    lines.push(`${failed.length > 0 ? style.bad('✘') : style.good('✔')} ${suite}  ${style.faint(counts)}`);
    for (const one of failed) {
      lines.push(`  ${style.bad('✘')} ${printable(one.name)}  ${style.faint(place(one))}`);
      for (const line of describe(one)) lines.push(`      ${printable(line)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** @returns policies with the rules that cases hit, and those that none does */
export function coverageTable(coverage: readonly RuleCoverage[], out: Output): string {
  const rows = coverage.map((policy) => {
    const hit = policy.rules - policy.missed.length;
    const part = `${percentage([policy]).toFixed(0)} %`;
    return [policy.policy, `${hit}/${policy.rules}`, part, policy.missed.join(', ')];
  });
  const columns = [
    { title: 'POLICY' },
    { title: 'RULES', right: true },
    { title: 'HIT', right: true },
    { title: 'NO CASE HITS' },
  ] as const;
  return table(out, columns, rows);
}
