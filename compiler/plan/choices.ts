/** The ways to find a condition: lookups that must succeed where it holds, and what they leave to check. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { TRUE } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { type Accesses, type Cover, intervalOf, mergeCovers } from './access.ts';
import { and } from './simplify.ts';
import type { Access, Candidate, Classifier } from './types.ts';
import { weightOf } from './weight.ts';

/** A part of a condition that need not be checked as it stands, and what must be instead: TRUE for nothing. */
export interface Answer {
  readonly test: Expr;
  readonly rest: Expr;
}

/** A way to find a condition, and the parts of it that it answers. */
export interface Choice {
  readonly cover: Cover;
  readonly answered: readonly Answer[];
  /** The smaller, the fewer conditions share the way. */
  readonly score: number;
  /** Where it is a disjunction that its keys do not answer, found by a key of each of its parts: it. */
  readonly either?: Disjunction;
}

export type Disjunction = Extract<Expr, { op: 'and' | 'or' }>;

/** How much a form costs and how little it tells, beside how many chose the key. */
const WEIGHT: Readonly<Record<Classifier['form'], number>> = {
  text: 0,
  int: 0.5,
  elements: 1,
  net: 1,
  directory: 1,
  glob: 1,
  floating: 1.25,
  prefix: 1.25,
  suffix: 1.5,
  substring: 3,
  range: 8,
  both: 0,
};

/** How many conditions could hang on each key. */
export class Popularity {
  readonly #counts: number[][] = [];

  constructor(candidates: readonly Candidate[], accesses: Accesses) {
    const visit = (e: Expr): void => {
      if (e.op === 'and' || e.op === 'or') for (const arg of e.args) visit(arg);
      else for (const cover of accesses.covers(e)) for (const access of cover.accesses) this.#add(access);
    };
    for (const { condition } of candidates) visit(condition);
  }

  #add({ classifier, key }: Access): void {
    const counts = (this.#counts[classifier.id] ??= []);
    counts[key] = (counts[key] ?? 0) + 1;
  }

  of({ classifier, key }: Access): number {
    return this.#counts[classifier.id]?.[key] ?? 0;
  }
}

/** Finds ways; `popularity` says how many conditions share each key. */
export class Choices {
  readonly #accesses: Accesses;
  readonly #popularity: Popularity;

  constructor(accesses: Accesses, popularity: Popularity) {
    this.#accesses = accesses;
    this.#popularity = popularity;
  }

  /** Each way to find a condition: for a conjunction those of each part, for a disjunction the union of its parts' best. */
  of(e: Expr): Choice[] {
    const ways: Choice[] = [];
    this.#collect(e, ways);
    return ways.some(isByElements) && weightOf(e) > CHEAP ? ways.filter((way) => !isMultiplied(e, way)) : ways;
  }

  #collect(e: Expr, ways: Choice[]): void {
    if (e.op === 'and') {
      for (const arg of e.args) this.#collect(arg, ways);
      if (e.args.some(isBound)) ways.push(...this.#intervals(e.args));
    } else if (e.op === 'or') {
      const cover = this.#disjunction(e);
      if (cover) ways.push({ ...this.#choice(e, cover), ...(!cover.exact && { either: e }) });
    } else for (const cover of this.#accesses.covers(e)) ways.push(this.#choice(e, cover));
  }

  #disjunction(e: Disjunction): Cover | null {
    if (e.args.length === 0) return null;
    const covers: Cover[] = [];
    for (const arg of e.args) {
      const part = best(this.of(arg));
      if (!part) return null;
      covers.push({ ...part.cover, exact: part.answered.some(({ test, rest }) => test === arg && rest === TRUE) });
    }
    return mergeCovers(covers);
  }

  #choice(e: Expr, cover: Cover): Choice {
    const rest = cover.exact ? TRUE : cover.rest;
    return { cover, answered: rest ? [{ test: e, rest }] : [], score: this.#score(cover) };
  }

  #score(cover: Cover): number {
    let most = 0;
    for (const access of cover.accesses) {
      most = Math.max(most, this.#popularity.of(access) + WEIGHT[access.classifier.form]);
    }
    return most + cover.accesses.length / 1024;
  }

  /** Lower and upper bounds on one operand, taken together. */
  #intervals(args: readonly Expr[]): Choice[] {
    const byOperand = new Map<string, { tests: Expr[]; low: bigint; high: bigint }>();
    for (const e of args) {
      if (e.op !== 'compare' || e.cmp === '=' || e.left.is !== 'field' || e.right.is !== 'int') continue;
      const interval = intervalOf(e.cmp, e.left, BigInt(e.right.value));
      if (!interval) continue;
      const name = JSON.stringify(e.left);
      const all = byOperand.get(name) ?? { tests: [], low: interval[0], high: interval[1] };
      all.tests.push(e);
      if (interval[0] > all.low) all.low = interval[0];
      if (interval[1] < all.high) all.high = interval[1];
      byOperand.set(name, all);
    }
    return [...byOperand.values()].flatMap(({ tests, low, high }) => {
      const first = tests[0] as Extract<Expr, { op: 'compare' }>;
      if (tests.length < 2 || low > high || first.left.is !== 'field') return [];
      const answered = tests.map((test): Answer => ({ test, rest: TRUE }));
      return [{ cover: this.#accesses.range(first.left, low, high), answered, score: WEIGHT.range / 2 }];
    });
  }
}

/** Steps at most of what is left to check behind an element of a list: a pass over the longest text. */
export const CHEAP = LIMITS.textBytes.value;

const isByElements = ({ cover }: Choice): boolean =>
  cover.accesses.some(({ classifier }) => classifier.form === 'elements');

/**
 * Whether a list may have all keys of the way's form at once, so that the bound has what is left to check behind the dearest
 * of them for each: then the condition, if that is dear, is better checked once. Parts of a disjunction have ways of their own.
 */
const isMultiplied = (e: Expr, way: Choice): boolean =>
  !way.either && isByElements(way) && weightOf(without(e, way.answered)) > CHEAP;

const isBound = (e: Expr): boolean => e.op === 'compare' && e.cmp !== '=';

/** The way that the fewest share. */
export const best = (choices: readonly Choice[]): Choice | null =>
  choices.reduce<Choice | null>((a, b) => (a === null || b.score < a.score ? b : a), null);

/** What is left to check of a condition that was found so. */
export const without = (e: Expr, answered: readonly Answer[]): Expr => {
  if (answered.length === 0) return e;
  if (e.op !== 'and') return restOf(e, answered);
  const left: Expr[] = [];
  for (const part of e.args) {
    const rest = restOf(part, answered);
    if (rest !== TRUE) left.push(rest);
  }
  return and(...left);
};

const restOf = (part: Expr, answered: readonly Answer[]): Expr => {
  for (const { test, rest } of answered) if (test === part) return rest;
  return part;
};
