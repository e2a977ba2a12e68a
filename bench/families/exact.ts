/**
 * (a) An exact program and an exact file, and between them, in the order of rules, some that constrain only one of both.
 * Two distributions of keys: every pair has its own two values, or √n values of each in all pairs (but one in five, so that
 * two known values can be asked for that no rule has).
 */
import type { Expr } from '../../vm/bundle/normal.ts';
import type { Random } from '../../test/generators/random.ts';
import { and, equals, kind, normalForm, policy, rule, values } from './build.ts';
import { asking, type Family, type Question } from './family.ts';

/** What a rule asks for, in numbers of programs and files; -1: not constrained. */
export interface Pair {
  readonly program: number;
  readonly file: number;
}

export const programPath = (i: number): string => `/usr/lib/services/bin/service-${i}`;
export const filePath = (i: number): string => `/var/lib/application/data/records/file-${i}.db`;

const READ = kind('file.read');
/** Above the numbers that rules use. */
const UNKNOWN = 100_000_000;
const unknown = (r: Random): number => UNKNOWN + r.below(UNKNOWN);

interface Keys {
  pair(rule: number): Pair;
  /** A program and a file that rules have, but no rule has both or one of them alone. */
  apart(r: Random): Pair;
}

const conditionOf = ({ program, file }: Pair): Expr => {
  const parts = [
    ...(program < 0 ? [] : [equals('proc.path', programPath(program))]),
    ...(file < 0 ? [] : [equals('file.path', filePath(file))]),
  ];
  return parts.length === 1 ? parts[0] : and(...parts);
};

const question = ({ program, file }: Pair): Question => ({
  kind: READ,
  values: values({ 'proc.path': programPath(program), 'file.path': filePath(file) }),
});

const familyOf = (n: number, seed: number, keys: Keys): Family => {
  const hit = (i: number, r: Random): Question => {
    const { program, file } = keys.pair(i);
    return question({ program: program < 0 ? unknown(r) : program, file: file < 0 ? unknown(r) : file });
  };
  const miss = (r: Random): Question => {
    const known = keys.apart(r);
    const which = r.below(4);
    if (which === 0) return question({ program: unknown(r), file: unknown(r) });
    if (which === 1) return question({ program: known.program, file: unknown(r) });
    return question(known);
  };
  const rules = Array.from({ length: n }, (_, i) =>
    rule(i, { kinds: KINDS_READ, when: conditionOf(keys.pair(i)), action: i % 3 === 0 ? 'audit' : 'deny' }),
  );
  return { normal: normalForm(policy('exact', rules)), events: asking(n, seed, hit, miss) };
};
const KINDS_READ = [READ];

/**
 * A decade of rules: number 0 constrains the program of its neighbour alone, number 5 the file; by turns the one before,
 * which then decides first, and the one behind, which never does. Numbers 2, 3, 7 and 8 have their values for themselves.
 */
const distinctKeys = (n: number): Keys => ({
  pair: (i) => {
    const neighbour = Math.floor(i / 10) % 2 === 1 ? i - 1 : i + 1;
    if (i % 10 === 0) return { program: neighbour, file: -1 };
    if (i % 10 === 5) return { program: -1, file: neighbour };
    return { program: i, file: i };
  },
  apart: (r) => {
    const alone = (): number => r.below(Math.floor(n / 10)) * 10 + r.pick(ALONE);
    const program = alone();
    const file = alone();
    return { program, file: file === program ? (file % 5 === 2 ? file + 1 : file - 1) : file };
  },
});
const ALONE = [2, 3, 7, 8];

/** (a), every pair with values of its own. */
export const exactDistinct = (n: number, seed: number): Family => familyOf(n, seed, distinctKeys(n));

/** In the grid of programs and files every fifth cell is left out: those where the numbers add up to a multiple of 5. */
const gridKeys = (n: number): Keys => {
  const side = 5 * Math.ceil(Math.sqrt(1.25 * n) / 5);
  const row = (side / 5) * 4;
  const cell = (j: number): Pair => {
    const program = Math.floor(j / row);
    const k = j % row;
    return { program, file: 5 * Math.floor(k / 4) + ((5 - (program % 5) + 1 + (k % 4)) % 5) };
  };
  const rows = Math.ceil(n / row);
  // a step that shares no divisor with n spreads a program's rules over the whole order
  let step = Math.floor(n * 0.618) | 1;
  while (gcd(step, n) > 1) step += 2;
  const pairOf = (i: number): Pair => cell(Number((BigInt(i) * BigInt(step)) % BigInt(n)));
  const last = pairOf(n - 1);
  const lone = Math.max(1, Math.floor(side / 8));
  const every = Math.floor(n / (2 * lone));
  const loneOf = (j: number, not: number, of: number): number => {
    const value = (j * 7 + 3) % of;
    return value === not ? (value + 1) % of : value;
  };
  const isLone = (value: number, not: number, of: number): boolean =>
    Array.from({ length: lone }, (_, j) => loneOf(j, not, of)).includes(value);
  const files = Array.from({ length: side }, (_, f) => f).filter((f) => !isLone(f, last.file, side));
  const holes = (program: number): number[] => files.filter((file) => (program + file) % 5 === 0);
  const byResidue = Array.from({ length: 5 }, (_, program) => holes(program));
  const programs = Array.from({ length: rows }, (_, p) => p).filter(
    (p) => !isLone(p, last.program, rows) && byResidue[p % 5].length > 0,
  );
  return {
    pair: (i) => {
      const j = Math.floor(i / every);
      if (i % every !== Math.floor(every / 2) || j >= 2 * lone) return pairOf(i);
      return j % 2 === 0
        ? { program: loneOf(j >> 1, last.program, rows), file: -1 }
        : { program: -1, file: loneOf(j >> 1, last.file, side) };
    },
    apart: (r) => {
      const program = r.pick(programs);
      return { program, file: r.pick(byResidue[program % 5]) };
    },
  };
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** (a), √n values in all pairs. */
export const exactGrid = (n: number, seed: number): Family => familyOf(n, seed, gridKeys(n));
