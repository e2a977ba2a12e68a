/** The figures of the families as tables. */
import type { Factors } from '../../vm/listing/index.ts';
import type { Grid } from './grid.ts';
import { BASE, toBase, toLimit, type Case } from './result.ts';

const HEAD = [
  'rules',
  'bound',
  'steps, mean',
  'largest',
  'ns an event',
  '× 10²',
  '× C',
  'one by one, ns',
  'bytes a rule',
  'compile, s',
  'peak, MB',
  'load, MB/s',
];

/** A number with two or three digits that count. */
export const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
const times = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));

/** 1000 → 10³; other numbers as they are. */
export const power = (n: number): string => {
  const exponent = Math.log10(n);
  if (!Number.isInteger(exponent) || exponent < 2) return String(n);
  return `10${[...String(exponent)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
};

/** Bounds of all kinds, one number where they are equal, and the most that one of them multiplies. */
const boundText = ({ bounds, factors }: Case): string => {
  const largest = (of: keyof Factors): number => Math.max(0, ...Object.values(factors).map((factor) => factor[of]));
  const [tuples, stepsPerByte] = [largest('tuples'), largest('stepsPerByte')];
  const entries = Object.entries(bounds);
  const distinct = new Set(entries.map(([, bound]) => bound));
  const lines = distinct.size === 1 ? [String(entries[0][1])] : entries.map(([kind, bound]) => `${kind} ${bound}`);
  if (tuples > 0) lines.push(`${tuples} tuples of globs`);
  if (stepsPerByte > 0) lines.push(`${stepsPerByte} a byte that is searched`);
  return lines.join('\n');
};

const rowOf = (cases: readonly Case[], one: Case): string[] => [
  power(one.rules),
  boundText(one),
  one.mean.toFixed(1),
  String(one.largest),
  number(one.ns),
  times(toBase(cases, one)),
  times(toLimit(one)),
  number(one.singleNs),
  one.bytesPerRule.toFixed(0),
  number(one.compileSeconds),
  one.peakMegabytes.toFixed(0),
  one.loadMegabytes.toFixed(0),
];

/** @param cases of one family */
export const familyGrid = (cases: readonly Case[]): Grid => ({
  head: HEAD,
  rows: cases.map((one) => rowOf(cases, one)),
});

/** The native limit beside the VM. */
export const limitGrid = (cases: readonly Case[]): Grid => ({
  head: ['family', 'rules', 'VM, ns', 'C limit, ns', 'VM / C', 'C, rule by rule, ns'],
  rows: cases
    .filter((one) => one.limitNs !== undefined)
    .map((one) => [
      `(${one.family})`,
      power(one.rules),
      number(one.ns),
      number(one.limitNs!),
      times(toLimit(one)),
      number(one.walkNs!),
    ]),
});

/** How each family's figures at its largest size stand to those at the base, the steepest first. */
export const slopesGrid = (families: readonly (readonly Case[])[]): Grid => {
  const slopes = families.flatMap((cases) => {
    const [base, last] = [cases.find(({ rules }) => rules === BASE), cases.at(-1)];
    return base && last && last.rules > BASE ? [{ base, last }] : [];
  });
  slopes.sort((a, b) => b.last.ns / b.base.ns - a.last.ns / a.base.ns);
  const growth = (base: Case, last: Case): number =>
    Math.max(...Object.entries(last.bounds).map(([kind, bound]) => bound / (base.bounds[kind] ?? bound)));
  return {
    head: ['family', 'from 10² to', 'time', 'steps, mean', 'steps, largest', 'bound, the kind that grows most'],
    rows: slopes.map(({ base, last }) => [
      `(${last.family})`,
      power(last.rules),
      ...[last.ns / base.ns, last.mean / base.mean, last.largest / base.largest, growth(base, last)].map(
        (value) => `× ${times(value)}`,
      ),
    ]),
  };
};
