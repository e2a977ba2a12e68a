/**
 * Expressions as short texts in order with gaps between them (the decomposition of Hyperscan: Wang et al., NSDI 2019), where
 * they are no more than that: one automaton then finds the texts of all expressions in one pass, and a counter for each
 * expression says how far it has come.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { type Gap, gapOf, type Item, MOST_TEXTS, sideBySide } from './gaps.ts';
import { literals } from './literals.ts';
import type { Pattern } from './pattern.ts';

/** Stand for the begin and the end of the string in the texts of stages: symbols beside the 256 bytes. */
export const BEGIN = '\u0100';
export const END = '\u0101';

/** One of few texts, behind at least `min` bytes of the gap; null: of any bytes. */
export interface Stage {
  readonly texts: readonly string[];
  readonly gap: Uint8Array | null;
  readonly min: number;
}

/** A string matches if it has the stages in order and, where `whole` is set, no byte outside of that. */
export interface Sequence {
  readonly stages: readonly Stage[];
  readonly whole: Uint8Array | null;
}

/** Sequences that one expression may become. */
const MOST_SEQUENCES = 16;
const MOST_BYTES = 4096;
const MOST_GAP = 0xffff;

/** The sequences of which a matching string has one; null where the pattern is more than few sequences. */
export function sequencesOf(pattern: Pattern): readonly Sequence[] | null {
  const open = itemsOf(pattern)?.slice();
  if (!open) return null;
  const found: Sequence[] = [];
  for (let items = open.pop(); items; items = open.pop()) {
    const next = step(items);
    if (next === null || open.length + next.length + found.length > MOST_SEQUENCES) return null;
    if (next.length !== 1 || next[0] !== items) open.push(...next);
    else {
      const sequence = staged(items);
      if (!sequence) return null;
      found.push(sequence);
    }
  }
  return found.reverse();
}

type Items = readonly Item[];

/** Items as they stand in the pattern, as a disjunction. */
function itemsOf(pattern: Pattern): readonly Items[] | null {
  const gap = gapOf(pattern);
  if (gap) return [[{ gap }]];
  if (pattern.is === 'cat') return inOrder(pattern.parts);
  const texts = literals(pattern).exact;
  if (texts) return [[{ texts }]];
  if (pattern.is === 'alt') return oneOf(pattern.parts.map(itemsOf));
  if (pattern.is !== 'repeat' || pattern.max === null || pattern.max > 1) return null;
  return oneOf([[[]], itemsOf(pattern.of)]);
}

function oneOf(parts: readonly (readonly Items[] | null)[]): readonly Items[] | null {
  const all: Items[] = [];
  for (const part of parts) {
    if (!part || all.length + part.length > MOST_SEQUENCES) return null;
    all.push(...part);
  }
  return all;
}

function inOrder(parts: readonly Pattern[]): readonly Items[] | null {
  let all: readonly Items[] = [[]];
  for (const part of parts) {
    const next = itemsOf(part);
    if (!next || all.length * next.length > MOST_SEQUENCES) return null;
    all = all.flatMap((items) => next.map((more) => [...items, ...more]));
  }
  return all;
}

/** One simplification, as a disjunction of what it leads to; the same items where there is none, null where there are too many. */
function step(items: Items): readonly Items[] | null {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const next = items[i + 1];
    const around = (middle: Items, count: number): Items => [
      ...items.slice(0, i),
      ...middle,
      ...items.slice(i + count),
    ];
    if ('gap' in item) {
      if (!next || !('gap' in next)) continue;
      return sideBySide(item.gap, next.gap)?.map((middle) => around(middle, 2)) ?? null;
    }
    if (item.texts.length === 0) return [];
    if (next && 'texts' in next) {
      const texts = joined(item.texts, next.texts);
      return texts && [around([{ texts }], 2)];
    }
    if (!item.texts.includes('') || items.length === 1) continue;
    const some = item.texts.filter((text) => text !== '');
    const absorbed = [items[i - 1], next].some((by) => by && 'gap' in by && some.every((text) => holds(by.gap, text)));
    return absorbed ? [around([], 1)] : [around([], 1), around([{ texts: some }], 1)];
  }
  return [items];
}

const holds = ({ bytes }: Gap, text: Bytes): boolean => outside(bytes, text) === 0;

/** Bytes of the text that are not of the set. */
function outside(bytes: Uint8Array, text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) n += Number(bytes[text.charCodeAt(i)] === 0);
  return n;
}

function joined(a: readonly Bytes[], b: readonly Bytes[]): readonly Bytes[] | null {
  if (a.length * b.length > MOST_TEXTS) return null;
  const texts = [...new Set(a.flatMap((start) => b.map((end) => start + end)))];
  return texts.some((text) => text.length > MOST_BYTES) ? null : texts;
}

/** Items in which texts and gaps alternate, as stages. */
function staged(items: Items): Sequence | null {
  const stages: Stage[] = [];
  let gap: Gap | null = null;
  const end = items.length - 1;
  items.forEach((item, i) => {
    if ('gap' in item) gap = item.gap;
    else {
      const texts = item.texts.map((text) => (i === 0 ? BEGIN : '') + text + (i === end ? END : ''));
      stages.push({ texts, ...behind(gap) });
    }
  });
  const last = items[end];
  if (!last) stages.push({ texts: [BEGIN + END], ...behind(null) });
  else if ('gap' in last) {
    const { gap: bytes, min } = behind(last.gap);
    // nothing is left to ask where any rest will do
    if (bytes || min > 0 || stages.length === 0) stages.push({ texts: [END], gap: bytes, min });
  }
  const sequence = uniform(stages) ?? { stages, whole: null };
  return sequence.stages.every(isTraceable) ? sequence : null;
}

function behind(gap: Gap | null): { gap: Uint8Array | null; min: number } {
  return gap ? { gap: gap.bytes.includes(0) ? gap.bytes : null, min: gap.min } : { gap: null, min: 0 };
}

/** Where all gaps are of one set and all texts are too, the whole string is: then any gap will do. */
function uniform(stages: readonly Stage[]): Sequence | null {
  const sets = stages.flatMap(({ gap, texts }) => (texts[0].startsWith(BEGIN) ? [] : [gap]));
  const [whole] = sets;
  const ends = stages[stages.length - 1].texts.every((text) => text.endsWith(END));
  if (!whole || !ends || !sets.every((gap) => gap && equal(gap, whole))) return null;
  if (!stages.every(({ texts }) => texts.every((text) => outside(whole, text) === 0))) return null;
  return { stages: stages.map((stage) => ({ ...stage, gap: null })), whole };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((held, byte) => held === b[byte]);

/**
 * Whether the progress of each stage can be one number, the earliest end since its gap was broken last. Where a text has
 * bytes that break the gap before it, what the stage before finds meanwhile must not replace the end that counts.
 */
function isTraceable(stage: Stage, i: number, stages: readonly Stage[]): boolean {
  if (stage.min > MOST_GAP) return false;
  const before = stages[i - 1];
  if (!before || !stage.gap) return true;
  return stage.texts.every((text) => before.texts.every((x) => !endsInside(x, text, firstBreak(stage, text), i > 1)));
}

/** Index of the first byte that the gap before it does not take, -1 for none. */
function firstBreak({ gap }: Stage, text: string): number {
  for (let i = 0; i < text.length; i++) if (gap?.[text.charCodeAt(i)] === 0) return i;
  return -1;
}

/**
 * Whether `x` can end behind the byte `from` of `text`. Where both end together, the longer is looked at first.
 * @param late whether `x`, were it the same text, might be looked at first too
 */
function endsInside(x: string, text: string, from: number, late: boolean): boolean {
  if (from < 0) return false;
  for (let end = from + 1; end <= text.length; end++) {
    if (end === text.length && (x.length < end || (x.length === end && !late))) return false;
    const overlap = Math.min(end, x.length);
    if (text.slice(end - overlap, end) === x.slice(x.length - overlap)) return true;
  }
  return false;
}

/** Bytes of the text that the gap before it does not take. */
export const breaksOf = ({ gap }: Stage, text: string): number => (gap ? outside(gap, text) : 0);
