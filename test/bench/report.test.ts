/** What is promised is held against the figures of a run, and printed with whoever keeps it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { partsOf } from '../../bench/report/document.ts';
import { ofCases, outcomes, type Target } from '../../bench/report/outcomes.ts';
import type { Case, Result } from '../../bench/report/result.ts';
import { TARGETS } from '../../bench/report/targets.ts';

const test = suite('report');

const caseOf = (family: string, rules: number, own: Partial<Case> = {}): Case => ({
  family,
  rules,
  events: 1,
  mean: 20,
  largest: 30,
  compared: 1,
  matched: 1,
  last: 0,
  bounds: { 'file.read': 1000 },
  factors: {},
  programBytes: 1,
  bytesPerRule: 50,
  compileSeconds: 1,
  peakMegabytes: 100,
  ns: 100,
  singleNs: 500,
  loadMegabytes: 1000,
  ...own,
});
const resultOf = (cases: readonly Case[], own: Partial<Result> = {}): Result => ({
  machine: { cpu: 'one', node: 'v20' },
  cases,
  ...own,
});
const rows = (result: Result): readonly string[] => partsOf(result).targets.split('\n').slice(2);

test('a row says what is promised, the worst figure, and who keeps it', () => {
  const steps = (family: string, mean: number): Case[] => [caseOf(family, 100), caseOf(family, 1e4, { mean })];
  const [row] = rows(resultOf([...steps('a', 22), ...steps('b', 30), ...steps('h', 25)])).filter((line) =>
    line.includes('mean steps'),
  );
  assert.is(row, '| mean steps × those at 10², at 10⁴ | ≤ 1.3 | 1.5: (b), 10⁴ | not (b); yes (a), (h) |');
});

test('a promise of at least so much has the least figure for its worst', () => {
  const row = rows(
    resultOf([caseOf('a', 100), caseOf('a', 1e4, { loadMegabytes: 400 }), caseOf('a', 1e5, { loadMegabytes: 700 })]),
  ).find((line) => line.includes('load and verify'));
  assert.is(row, '| load and verify, at 10⁴, 10⁵, 10⁶ | ≥ 500 MB/s | 400: (a), 10⁴ | not (a) |');
});

test('the bound of (h) may grow for globs and networks alone', () => {
  const outcome = (kind: string): boolean => {
    const bounds = { exec: 10, 'file.read': 10, 'net.connect': 10 };
    const result = resultOf([caseOf('h', 100, { bounds }), caseOf('h', 1e6, { bounds: { ...bounds, [kind]: 11 } })]);
    return outcomes(TARGETS, result).find(({ target }) => target.what.startsWith('bound × that'))!.met;
  };
  assert.equal(['exec', 'file.read', 'net.connect'].map(outcome), [false, true, true]);
});

test('(c) is held to its tuples, (d) to the bytes that it searches', () => {
  const made = (family: string, rules: number, bound: number, tuples: number, stepsPerByte: number): Case =>
    caseOf(family, rules, { bounds: { exec: bound }, factors: { exec: { tuples, stepsPerByte } } });
  const kept = (cases: readonly Case[]): readonly boolean[] =>
    outcomes(TARGETS, resultOf(cases))
      .filter(({ target }) => /tuple|searched/.test(target.what))
      .map(({ met }) => met);
  assert.equal(kept([made('c', 100, 1000, 10, 0), made('c', 1e4, 2000, 20, 0)]), [true]);
  assert.equal(kept([made('c', 100, 1000, 10, 0), made('c', 1e4, 2000, 19, 0)]), [false]);
  assert.equal(kept([made('d', 100, 1, 0, 1), made('d', 1e3, 1, 0, 20), made('d', 1e4, 9, 0, 20)]), [true]);
  assert.equal(kept([made('d', 100, 1, 0, 1), made('d', 1e3, 1, 0, 20), made('d', 1e4, 1, 0, 21)]), [false]);
});

test('what is measured beside the families has rows of its own', () => {
  const result = resultOf([caseOf('a', 100)], {
    source: {
      cold: [
        { sort: 'exact', rules: 1e4, sourceBytes: 1, checkSeconds: 1, buildSeconds: 1.9 },
        { sort: 'mixed', rules: 1e4, sourceBytes: 1, checkSeconds: 2.5, buildSeconds: 1 },
      ],
      again: [{ sort: 'exact', rules: 1e5, fullSeconds: 10, changeSeconds: 2 }],
    },
    subjects: [{ what: 'all', events: 1, inline: 100, stored: 70, inlineSteps: 1, storedSteps: 1 }],
  });
  assert.equal(
    rows(result).map((row) => row.split('|').slice(2).join('|')),
    [
      ' ≤ 0.65 | 0.70: all | not all |',
      ' ≤ 2 s | 2.5: mixed | not mixed; yes exact |',
      ' ≤ 0.25 | 0.20: exact | yes |',
    ],
  );
});

test('what a run did not measure has no row', () => {
  const quick = {
    cold: [{ sort: 'exact' as const, rules: 1e3, sourceBytes: 1, checkSeconds: 9, buildSeconds: 9 }],
    again: [],
  };
  assert.equal(rows(resultOf([caseOf('a', 100), caseOf('a', 1e3)], { source: quick })), []);
});

test('rounding breaks no promise', () => {
  const target: Target = ofCases({ what: 'x', families: ['a'], at: [1e4], most: 1, of: ({ mean }) => mean });
  const met = (mean: number): boolean =>
    outcomes([target], resultOf([caseOf('a', 100), caseOf('a', 1e4, { mean })]))[0].met;
  assert.equal([1, 1.00005, 1.001].map(met), [true, true, false]);
});

test.run();
