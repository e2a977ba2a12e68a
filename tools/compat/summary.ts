/** The results as a table, in the terminal and in `docs/compatibility.md`. */
import { markdown, type Grid } from '../../bench/report/grid.ts';
import { withParts } from '../../bench/report/document.ts';
import type { Result } from './compare.ts';

const HEAD = ['suite', 'tests', 'same', 'unsteady', 'explained', 'unexplained', 'time to bare'];
const PART = 'suites';

const row = ({ suite, tests, unsteady, known, unexplained, bareSeconds, guardedSeconds }: Result): string[] => [
  suite,
  ...[tests, tests - unsteady - known - unexplained.length, unsteady, known, unexplained.length].map(String),
  `× ${(guardedSeconds / bareSeconds).toFixed(2)}`,
];

export const summary = (results: readonly Result[]): Grid => ({ head: HEAD, rows: results.map(row) });

/** @returns the document with the rows of these suites; those of others stay */
export const withSummary = (document: string, results: readonly Result[]): string => {
  const kept = [...document.matchAll(/^\| (.*) \|$/gm)]
    .map(([, cells]) => cells.split(' | '))
    .filter(([suite, count]) => /^\d+$/.test(count) && !results.some((result) => result.suite === suite));
  return withParts(document, { [PART]: markdown({ head: HEAD, rows: [...kept, ...results.map(row)] }) });
};
