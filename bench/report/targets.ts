/** What is promised of the cost of verdicts and of compiling. */
import { familyOf } from '../families/index.ts';
import { ofCases, type Target } from './outcomes.ts';
import { toLimit, type Case } from './result.ts';

const A = ['a', 'a-grid'];
const E = ['e-acl', 'e-fw', 'e-ipc'];
const G = ['g', 'g-inline'];
/** Families whose cost does not depend on the number of rules. */
const LEVEL = [...A, 'b', 'f', ...G, 'h'];
const ALL: readonly string[] = [];

/** The largest growth of the bound of a kind; those are left out that globs or networks are about. */
const boundGrowth = (one: Case, base: Case): number => {
  const { uneven = [] } = familyOf(one.family);
  const kinds = Object.entries(one.bounds).filter(([kind]) => !uneven.includes(kind));
  return Math.max(...kinds.map(([kind, bound]) => bound / (base.bounds[kind] ?? bound)));
};

const meanGrowth = (one: Case, base: Case): number => one.mean / base.mean;
const timeGrowth = (one: Case, base: Case): number => one.ns / base.ns;

const largest = (of: Readonly<Record<string, number>>): number => Math.max(0, ...Object.values(of));
const factor = (one: Case, of: 'tuples' | 'stepsPerByte'): number =>
  Math.max(0, ...Object.values(one.factors).map((factors) => factors[of]));
const boundPerTuple = (one: Case): number => largest(one.bounds) / factor(one, 'tuples');

export const TARGETS: readonly Target[] = [
  ofCases({
    what: 'bound × that at 10², kinds without globs and networks',
    families: LEVEL,
    at: [1e6],
    most: 1,
    of: boundGrowth,
  }),
  ofCases({
    what: 'bound a tuple of globs × that at 10²',
    families: ['c'],
    at: [1e3, 1e4],
    most: 1,
    of: (one, base) => boundPerTuple(one) / boundPerTuple(base),
  }),
  // expressions that share texts are there from 10³ rules on
  ofCases({
    what: 'bound a byte that is searched × that at 10³, one pass for all texts and expressions',
    families: ['d'],
    at: [1e4],
    base: 1e3,
    most: 1,
    of: (one, base) => factor(one, 'stepsPerByte') / factor(base, 'stepsPerByte'),
  }),
  ofCases({ what: 'mean steps × those at 10²', families: LEVEL, at: [1e4], most: 1.3, of: meanGrowth }),
  ofCases({ what: 'mean steps × those at 10²', families: LEVEL, at: [1e6], most: 1.5, of: meanGrowth }),
  ofCases({ what: 'mean steps × those at 10²', families: E, at: [1e5], most: 2, of: meanGrowth }),
  ofCases({
    what: 'largest steps × those at 10²',
    families: E,
    at: [1e5],
    most: 5,
    of: (one, base) => one.largest / base.largest,
  }),
  ofCases({ what: 'time × the native limit', families: A, at: [10, 100, 1000, 1e4], most: 1.8, of: toLimit }),
  ofCases({ what: 'time × the native limit', families: A, at: [1e5], most: 1.2, of: toLimit }),
  ofCases({ what: 'time × the native limit', families: A, at: [1e6], most: 1, of: toLimit }),
  ofCases({ what: 'time × that at 10²', families: [...A, 'b', 'f', ...G], at: [1e4], most: 1.5, of: timeGrowth }),
  ofCases({ what: 'time × that at 10²', families: ['c', 'h'], at: [1e4], most: 1.8, of: timeGrowth }),
  ofCases({ what: 'time × that at 10²', families: E, at: [1e5], most: 4, of: timeGrowth }),
  ofCases({ what: 'time × that at 10²', families: LEVEL, at: [1e6], most: 6, of: timeGrowth }),
  {
    what: 'time with stored facts × that with facts in each event',
    most: 0.65,
    figures: ({ subjects = [] }) => subjects.map(({ what, stored, inline }) => ({ of: what, value: stored / inline })),
  },
  ofCases({
    what: 'one event without a batch',
    families: ALL,
    at: [1e4],
    most: 1000,
    unit: 'ns',
    of: ({ singleNs }) => singleNs,
  }),
  ofCases({
    what: 'bytes a rule beyond its strings',
    families: [...A, 'b', 'f', ...G],
    at: [1e6],
    most: 64,
    of: ({ bytesPerRule }) => bytesPerRule,
  }),
  ofCases({
    what: 'bytes a rule beyond its strings',
    families: E,
    at: [1e6],
    most: 112,
    of: ({ bytesPerRule }) => bytesPerRule,
  }),
  ofCases({
    what: 'compile from normal form',
    families: ALL,
    at: [1e6],
    most: 60,
    unit: 's',
    of: ({ compileSeconds }) => compileSeconds,
  }),
  ofCases({
    what: 'memory to compile',
    families: ALL,
    at: [1e6],
    most: 4096,
    unit: 'MB',
    of: ({ peakMegabytes }) => peakMegabytes,
  }),
  {
    what: '10⁴ rules in YAML checked, or built, by a process of its own',
    most: 2,
    unit: 's',
    figures: ({ source }) =>
      (source?.cold ?? [])
        .filter(({ rules }) => rules === 1e4)
        .map(({ sort, checkSeconds, buildSeconds }) => ({ of: sort, value: Math.max(checkSeconds, buildSeconds) })),
  },
  {
    what: '10⁵ rules in YAML built again after a change of one × built from the beginning',
    most: 0.25,
    figures: ({ source }) =>
      (source?.again ?? [])
        .filter(({ rules }) => rules === 1e5)
        .map(({ sort, changeSeconds, fullSeconds }) => ({ of: sort, value: changeSeconds / fullSeconds })),
  },
  ofCases({
    what: 'load and verify',
    families: ALL,
    at: [1e4, 1e5, 1e6],
    most: 500,
    least: true,
    unit: 'MB/s',
    of: ({ loadMegabytes }) => loadMegabytes,
  }),
];
