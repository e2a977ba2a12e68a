/** What a match of a pattern implies about the string: the planner finds candidates by it. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { Pattern } from './pattern.ts';

export interface Literals {
  /** Every match starts with it, ends with it. */
  readonly prefix: Bytes;
  readonly suffix: Bytes;
  /** Every match has each of them somewhere; none is a part of another. Longest first. */
  readonly required: readonly Bytes[];
  /** All strings that match, in bytewise order, where they are few; null: many, or not known. */
  readonly exact: readonly Bytes[] | null;
}

const MOST_EXACT = 64;
const LONGEST = 4096;

/** While parts are put together, `required` also holds what prefix and suffix say. */
type Facts = Literals;

const NONE: Facts = { prefix: '', suffix: '', required: [], exact: null };
const EMPTY: Facts = { prefix: '', suffix: '', required: [], exact: [''] };

const ofText = (text: Bytes): Facts =>
  text === '' ? EMPTY : { prefix: text, suffix: text, required: [text], exact: [text] };

/** Facts that hold for every match. Of a pattern that matches nothing, `exact` is empty, and nothing else is said. */
export function literals(pattern: Pattern): Literals {
  const facts = factsOf(pattern);
  return { ...facts, required: maximal(facts.required), exact: facts.exact && [...facts.exact].sort() };
}

function factsOf(pattern: Pattern): Facts {
  switch (pattern.is) {
    case 'set':
      return setFacts(pattern.bytes);
    case 'cat':
      return catFacts(pattern.parts);
    case 'alt':
      return pattern.parts.map(factsOf).reduce(either, ofExact([]));
    case 'repeat':
      return repeatFacts(pattern.of, pattern.min, pattern.max);
  }
}

const ofSets = new WeakMap<Uint8Array, Facts>();

/** Sets are shared by many patterns, those of one byte by all. */
function setFacts(bytes: Uint8Array): Facts {
  let facts = ofSets.get(bytes);
  if (!facts) ofSets.set(bytes, (facts = ofMembers(bytes)));
  return facts;
}

function ofMembers(bytes: Uint8Array): Facts {
  const members: Bytes[] = [];
  for (let byte = bytes.indexOf(1); byte >= 0; byte = bytes.indexOf(1, byte + 1)) {
    if (members.push(String.fromCharCode(byte)) > MOST_EXACT) return NONE;
  }
  return ofExact(members);
}

/** Runs of single bytes, of which most patterns consist, are put together first. */
function catFacts(parts: readonly Pattern[]): Facts {
  let facts = EMPTY;
  let run = '';
  for (const part of parts) {
    const next = factsOf(part);
    if (next.exact?.length === 1) {
      run += next.exact[0];
      continue;
    }
    facts = concatenated(concatenated(facts, ofText(run)), next);
    run = '';
  }
  return concatenated(facts, ofText(run));
}

function repeatFacts(of: Pattern, min: number, max: number | null): Facts {
  if (max === 0) return EMPTY;
  const once = factsOf(of);
  let facts = EMPTY;
  for (let i = 0; i < min; i++) {
    const before = facts;
    facts = concatenated(facts, once);
    // Facts that no longer grow from copy to copy say the same of all further ones, but of where a match ends.
    if (facts.exact === null && same(before, facts)) break;
  }
  if (max === min) return facts;
  const rest = max === null ? unbounded(once) : bounded(once, max - min);
  // Further copies stand between those that are always there, so all but `exact` stays.
  return rest.exact ? concatenated(facts, rest) : { ...facts, exact: null };
}

/** None or more copies: the empty string alone, or nothing is known. */
const unbounded = (once: Facts): Facts => (isExactly(once, '') || once.exact?.length === 0 ? EMPTY : NONE);

/** None to `times` copies, where these are few strings. */
function bounded(once: Facts, times: number): Facts {
  let all = EMPTY;
  for (let i = 0; i < times && all.exact; i++) {
    const more = either(EMPTY, concatenated(once, all));
    if (more.exact?.length === all.exact.length) return all;
    all = more;
  }
  return all.exact ? all : NONE;
}

const isExactly = ({ exact }: Facts, text: Bytes): boolean => exact?.length === 1 && exact[0] === text;

const same = (a: Facts, b: Facts): boolean =>
  a.prefix === b.prefix && a.suffix === b.suffix && a.required.length === b.required.length;

/** The facts of a finite set of strings. */
function ofExact(strings: readonly Bytes[]): Facts {
  if (strings.length === 1) return ofText(strings[0]);
  const exact = [...new Set(strings)];
  const prefix = exact.length === 0 ? '' : exact.reduce(commonPrefix);
  const suffix = exact.length === 0 ? '' : exact.reduce(commonSuffix);
  return { prefix, suffix, required: maximal([prefix, suffix]), exact };
}

/** One after the other: what ends the first and what starts the second stand side by side. */
function concatenated(a: Facts, b: Facts): Facts {
  if (a.exact?.length === 0 || b.exact?.length === 0) return ofExact([]);
  if (a === EMPTY) return b;
  if (b === EMPTY) return a;
  if (a.exact && b.exact && a.exact.length * b.exact.length <= MOST_EXACT && length(a) + length(b) <= LONGEST) {
    const strings = b.exact;
    return ofExact(a.exact.flatMap((start) => strings.map((end) => start + end)));
  }
  const prefix = a.exact?.length === 1 ? a.exact[0] + b.prefix : a.prefix;
  const suffix = b.exact?.length === 1 ? a.suffix + b.exact[0] : b.suffix;
  const required = [...a.required, ...b.required, a.suffix + b.prefix, prefix, suffix];
  return {
    prefix: prefix.slice(0, LONGEST),
    suffix: suffix.slice(-LONGEST),
    required: maximal(required.filter((text) => text.length <= LONGEST)),
    exact: null,
  };
}

const length = ({ exact }: Facts): number => Math.max(0, ...(exact ?? []).map((text) => text.length));

/** One or the other: what both say. */
function either(a: Facts, b: Facts): Facts {
  if (a.exact?.length === 0) return b;
  if (b.exact?.length === 0) return a;
  if (a.exact && b.exact && a.exact.length + b.exact.length <= MOST_EXACT) return ofExact([...a.exact, ...b.exact]);
  const prefix = commonPrefix(a.prefix, b.prefix);
  const suffix = commonSuffix(a.suffix, b.suffix);
  const shared = a.required.filter((text) => b.required.some((other) => other.includes(text)));
  const back = b.required.filter((text) => a.required.some((other) => other.includes(text)));
  return { prefix, suffix, required: maximal([...shared, ...back, prefix, suffix]), exact: null };
}

function commonPrefix(a: Bytes, b: Bytes): Bytes {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a.slice(0, i);
}

function commonSuffix(a: Bytes, b: Bytes): Bytes {
  let i = 0;
  while (i < a.length && i < b.length && a[a.length - 1 - i] === b[b.length - 1 - i]) i++;
  return a.slice(a.length - i);
}

/** Without the empty string, repetitions, and what another one holds. */
function maximal(texts: readonly Bytes[]): Bytes[] {
  const kept: Bytes[] = [];
  const byLength = [...new Set(texts)]
    .filter((text) => text !== '')
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  for (const text of byLength) if (!kept.some((longer) => longer.includes(text))) kept.push(text);
  return kept;
}
