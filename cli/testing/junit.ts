/** Test results as JUnit XML, which CI servers read. */
import { groupBy } from '../group.ts';
import { passed, type CaseResult } from './run.ts';
import { describe } from './human.ts';

/** Characters that XML 1.0 cannot hold become U+FFFD, the others their entities. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** @param place of a case: path and line @returns one document; a suite for each PolicyTest */
export function junit(results: readonly CaseResult[], place: (result: CaseResult) => string): string {
  const suites = groupBy(results, (result) => result.suite);
  const failures = (of: readonly CaseResult[]): number => of.filter((result) => !passed(result)).length;
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  lines.push(`<testsuites tests="${results.length}" failures="${failures(results)}">`);
  for (const [suite, cases] of suites) {
    lines.push(`  <testsuite name="${xml(suite)}" tests="${cases.length}" failures="${failures(cases)}">`);
    for (const one of cases) {
      const open = `    <testcase classname="${xml(suite)}" name="${xml(one.name)}"`;
      if (passed(one)) lines.push(`${open}/>`);
      else {
        const [first, ...rest] = [...describe(one), `at ${place(one)}`];
        lines.push(
          `${open}>`,
          `      <failure message="${xml(first)}">${xml(rest.join('\n'))}</failure>`,
          '    </testcase>',
        );
      }
    }
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}
