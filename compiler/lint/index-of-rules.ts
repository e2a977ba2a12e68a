/**
 * Finds the few rules that could cover another one, without comparing all pairs.
 *
 * The problem: "which earlier condition is implied by this one?" over 10^5 rules. The trick: a condition is implied only
 * if each of its conjuncts is, so each rule is filed under one conjunct, the one that the fewest rules share; and what can
 * imply that conjunct is known by its form: equality by the value, prefixes and directories by what the value starts with,
 * other tests by the field. A rule then asks for the keys that its own conjuncts give. What is missed is a warning
 * that is not given.
 */
import type { Expr, FieldRef } from '../../vm/bundle/normal.ts';
import { conjuncts, disjuncts, fieldTest, keyOf, operandsOf, presenceKey, refKey } from './terms.ts';
import { allowedValues, constantKey } from './values.ts';

/** Rules of one key that are tried, at most. */
const CANDIDATES = 32;
/** Values of one set that are filed singly. */
const VALUES = 1024;
const ALWAYS = '*';

export class RuleIndex<T> {
  readonly #buckets = new Map<string, T[]>();
  readonly #shared = new Map<string, number>();

  /** @param conditions all that will be filed: how often a key occurs decides which one a rule is filed under */
  constructor(conditions: Iterable<Expr>) {
    for (const condition of conditions) {
      for (const term of conjuncts(condition)) {
        for (const key of filingKeys(term)) this.#shared.set(key, (this.#shared.get(key) ?? 0) + 1);
      }
    }
  }

  add(condition: Expr, entry: T): void {
    let best: readonly string[] = [ALWAYS];
    let least = Infinity;
    for (const term of conjuncts(condition)) {
      const keys = filingKeys(term);
      const shared = Math.max(...keys.map((key) => this.#shared.get(key) ?? 0));
      if (shared < least) [best, least] = [keys, shared];
    }
    for (const key of best) {
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) this.#buckets.set(key, [entry]);
      else bucket.push(entry);
    }
  }

  /** Entries that this condition may imply, first come first, each once. */
  *candidates(condition: Expr): Iterable<T> {
    const seen = new Set<T>();
    for (const key of askingKeys(condition)) {
      const bucket = this.#buckets.get(key);
      for (let i = 0; bucket !== undefined && i < bucket.length && i < CANDIDATES; i++) {
        if (!seen.has(bucket[i])) yield bucket[i];
        seen.add(bucket[i]);
      }
    }
  }
}

/** Keys under which a conjunct is filed: one of them is asked for by whatever implies it. */
function filingKeys(term: Expr): readonly string[] {
  const allowed = allowedValues(term);
  if (allowed !== null && allowed.values.length > 0 && allowed.values.length <= VALUES) {
    return allowed.values.map((value) => `${allowed.ref} = ${constantKey(value)}`);
  }
  if (term.op === 'or') return [keyOf(term), ...disjuncts(term).flatMap((one) => filingKeys(conjuncts(one)[0] ?? one))];
  if (term.op === 'exists') return [anyTest(term.field)];
  if (term.op === 'not') return [keyOf(term), ...operandsOf(term.arg).map(anyTest)];
  const test = fieldTest(term);
  if (test === null) return [keyOf(term)];
  if ((test.op === 'startswith' || test.op === 'within') && test.constant.is === 'string' && !test.fold) {
    return [`${test.ref} ^ ${stem(test.constant.value)}`];
  }
  return [`${test.ref} ~`];
}

function askingKeys(condition: Expr): readonly string[] {
  // Of a choice each branch implies what the whole does: the first one asks.
  const terms = conjuncts(condition.op === 'or' && condition.args.length > 0 ? condition.args[0] : condition);
  const keys = [ALWAYS];
  for (const term of terms) {
    keys.push(keyOf(term), ...operandsOf(term).flatMap((ref) => [anyTest(ref), `${refKey(ref)} ~`]));
    const allowed = allowedValues(term);
    const [value] = allowed?.values ?? [];
    if (allowed !== null && value !== undefined) {
      keys.push(`${allowed.ref} = ${constantKey(value)}`);
      if (value.is === 'string') keys.push(...stems(value.value).map((start) => `${allowed.ref} ^ ${start}`));
    }
    const test = fieldTest(term);
    if (test !== null && 'fold' in test && test.constant.is === 'string') {
      keys.push(...stems(test.constant.value).map((start) => `${test.ref} ^ ${start}`));
    }
  }
  return keys;
}

/** The key of tests that anything said of the field may imply. */
const anyTest = (ref: FieldRef): string => `${presenceKey(ref)} ~`;

/** Prefixes are filed under their directory: the part before the last `/`, if there is one. */
const stem = (text: string): string => text.slice(0, Math.max(0, text.replace(/\/+$/, '').lastIndexOf('/')));

/** The stems of all prefixes of a text, the longest first. */
function stems(text: string): readonly string[] {
  const found = new Set<string>(['']);
  for (let at = text.indexOf('/'); at >= 0 && found.size < CANDIDATES; at = text.indexOf('/', at + 1)) {
    found.add(text.slice(0, at));
  }
  return [...found].reverse();
}
