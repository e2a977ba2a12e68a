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

/** How many rules share each key: it decides which of its keys a rule is filed under. */
export class Sharing {
  readonly #counts = new Map<string, number>();

  /** @param conditions all that will be filed */
  constructor(conditions: Iterable<Expr>) {
    for (const condition of conditions) {
      for (const keys of keysOf(condition).filing) {
        for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      }
    }
  }

  /** The keys of the conjunct that the fewest rules share. */
  rarest(condition: Expr): readonly string[] {
    let best: readonly string[] = [ALWAYS];
    let least = Infinity;
    for (const keys of keysOf(condition).filing) {
      let shared = 0;
      for (const key of keys) shared = Math.max(shared, this.#counts.get(key)!);
      if (shared < least) [best, least] = [keys, shared];
    }
    return best;
  }
}

export class RuleIndex<T> {
  readonly #buckets = new Map<string, T[]>();
  readonly #sharing: Sharing;

  constructor(sharing: Sharing) {
    this.#sharing = sharing;
  }

  add(condition: Expr, entry: T): void {
    for (const key of this.#sharing.rarest(condition)) {
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) this.#buckets.set(key, [entry]);
      else bucket.push(entry);
    }
  }

  /** The first entry that passes a test, of those that this condition may imply; one may be tested more than once. */
  find(condition: Expr, test: (entry: T) => boolean): T | undefined {
    for (const key of keysOf(condition).asking) {
      const bucket = this.#buckets.get(key);
      for (let i = 0; bucket !== undefined && i < bucket.length && i < CANDIDATES; i++) {
        if (test(bucket[i])) return bucket[i];
      }
    }
    return undefined;
  }
}

interface Keys {
  /** For each conjunct. */
  readonly filing: readonly (readonly string[])[];
  readonly asking: readonly string[];
}

const keysOfConditions = new WeakMap<Expr, Keys>();

function keysOf(condition: Expr): Keys {
  let keys = keysOfConditions.get(condition);
  if (keys === undefined) {
    keys = { filing: conjuncts(condition).map(filingKeys), asking: askingKeys(condition) };
    keysOfConditions.set(condition, keys);
  }
  return keys;
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
  const keys = new Set([ALWAYS]);
  for (const term of terms) {
    keys.add(keyOf(term));
    for (const ref of operandsOf(term)) keys.add(anyTest(ref)).add(`${refKey(ref)} ~`);
    const allowed = allowedValues(term);
    const [value] = allowed?.values ?? [];
    if (allowed !== null && value !== undefined) {
      keys.add(`${allowed.ref} = ${constantKey(value)}`);
      if (value.is === 'string') for (const start of stems(value.value)) keys.add(`${allowed.ref} ^ ${start}`);
    }
    const test = fieldTest(term);
    if (test !== null && 'fold' in test && test.constant.is === 'string') {
      for (const start of stems(test.constant.value)) keys.add(`${test.ref} ^ ${start}`);
    }
  }
  return [...keys];
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
