/**
 * Expressions as short texts in order with gaps between them (the decomposition of Hyperscan: Wang et al., NSDI 2019), where
 * they are no more than that: one automaton then finds the texts of all expressions in one pass, and a counter for each
 * expression says how far it has come.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { SUBSTRINGS } from '../../vm/spec/index.ts';
import { type Gap, gapOf, type Item, joined, repeated, sideBySide } from './gaps.ts';
import { literals } from './literals.ts';
import type { Pattern } from './pattern.ts';

/** Stand for the begin and the end of the string in the texts of stages: symbols beside the 256 bytes. */
export const BEGIN = '\u0100';
export const END = '\u0101';

/** What stands before a text: `min` to `max` bytes of the set, null: of any bytes, without end; `again` as in gaps. */
export interface Behind {
  readonly gap: Uint8Array | null;
  readonly min: number;
  readonly max: number | null;
  readonly again: readonly string[];
}

/** One of few texts, behind a gap. */
export interface Stage extends Behind {
  readonly texts: readonly string[];
}

/** A string matches if it has the stages in order and, where `whole` is set, no byte outside of that. */
export interface Sequence {
  readonly stages: readonly Stage[];
  readonly whole: Uint8Array | null;
}

/** Sequences that one expression may become. */
const MOST_SEQUENCES = 16;
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
  if (pattern.is !== 'repeat' || pattern.min > 1) return null;
  const once = itemsOf(pattern.of);
  if (pattern.max === 1) return oneOf([[[]], once]);
  if (pattern.max !== null || once?.length !== 1) return null;
  const loop = repeated(once[0]);
  return loop && (pattern.min === 0 ? [[], loop] : [loop]);
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

/** Whether the text beside the gap is more of it. */
const holds = ({ bytes, max }: Gap, text: Bytes): boolean => max === null && outside(bytes, text) === 0;

/** Bytes of the text that are not of the set. */
function outside(bytes: Uint8Array, text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) n += Number(bytes[text.charCodeAt(i)] === 0);
  return n;
}

const ANY: Behind = { gap: null, min: 0, max: null, again: [] };

/** Items in which texts and gaps alternate, as stages. */
function staged(items: Items): Sequence | null {
  const stages: Stage[] = [];
  let behind = ANY;
  const end = items.length - 1;
  items.forEach((item, i) => {
    if ('gap' in item) {
      behind = behindOf(item.gap);
      // where any beginning will do nothing is asked of it
      if (i === 0 && !isAny(behind)) stages.push({ texts: [BEGIN], ...ANY });
    } else {
      const texts = item.texts.map((text) => (i === 0 ? BEGIN : '') + text + (i === end ? END : ''));
      stages.push({ texts, ...behind });
      behind = ANY;
    }
  });
  const last = items[end];
  if (!last) stages.push({ texts: [BEGIN + END], ...ANY });
  // nor of any rest
  else if ('gap' in last && (!isAny(behind) || stages.length === 0)) stages.push({ texts: [END], ...behind });
  const sequence = uniform(stages) ?? { stages, whole: null };
  return sequence.stages.every(isTraceable) ? sequence : null;
}

function behindOf({ bytes, min, max, again }: Gap): Behind {
  const gap = bytes.includes(0) ? bytes : null;
  // of any bytes the first are the best
  return { gap, min, max, again: gap || max !== null ? again : [] };
}

const isAny = ({ gap, min, max }: Behind): boolean => gap === null && min === 0 && max === null;

/**
 * Where one of the gaps takes all bytes that the whole string may have, it is said of the string at its end, and then the gap
 * may be of any bytes.
 */
function uniform(stages: readonly Stage[]): Sequence | null {
  const [first, ...later] = stages;
  const whole = later.reduce<Uint8Array | null>((most, { gap }) => (gap && size(gap) > size(most) ? gap : most), null);
  const last = stages[stages.length - 1];
  if (!whole || !first.texts[0].startsWith(BEGIN) || !last.texts[0].endsWith(END)) return null;
  if (!later.every(({ gap }) => gap && isWithin(gap, whole))) return null;
  if (!stages.every(({ texts, again }) => [...texts, ...again].every((text) => outside(whole, text) === 0)))
    return null;
  const open = stages.map((stage) =>
    stage.gap && isWithin(whole, stage.gap) ? { ...stage, ...opened(stage) } : stage,
  );
  const begins = first.texts[0] === BEGIN && open.length > 1 && isAny(open[1]);
  return { stages: begins ? open.slice(1) : open, whole };
}

const opened = (stage: Stage): Pick<Behind, 'gap' | 'again'> => ({
  gap: null,
  again: stage.max === null ? [] : stage.again,
});

const size = (set: Uint8Array | null): number => (set ? set.reduce((sum, held) => sum + held, 0) : 0);
const isWithin = (set: Uint8Array, of: Uint8Array): boolean => set.every((held, byte) => held <= of[byte]);

/**
 * Whether the progress of each stage can be one number, the earliest end since its gap was broken last. Where a text has
 * bytes that break the gap before it, what the stage before finds meanwhile must not replace the end that counts. Of a gap
 * with an end all ends count, as far back as a word has bits.
 */
function isTraceable(stage: Stage, i: number, stages: readonly Stage[]): boolean {
  const { gap, min, max, again, texts } = stage;
  if (min > MOST_GAP) return false;
  if (max !== null) return [...texts, ...again].every((text) => text.length + max < SUBSTRINGS.recent);
  if (i === 0 || !gap) return true;
  const before = stages[i - 1].texts;
  const ends = [...before, ...again];
  return (
    texts.every((text) => {
      const isLost = (x: string, late: boolean): boolean =>
        endsInside(x, text, gap, ends) || (endsFirst(x, text, late) && overlaps(x, text, text.length, gap, ends));
      return !before.some((x) => isLost(x, i > 1)) && !again.some((x) => isLost(x, false));
    }) &&
    // what ends together with the text of a new beginning says the same as that
    again.every((text) => !ends.some((x) => endsInside(x, text, gap, ends)))
  );
}

/** Whether `x` can end inside `text`, which goes on, behind a byte of it that the gap does not take. */
function endsInside(x: string, text: string, gap: Uint8Array, ends: readonly string[]): boolean {
  for (let end = 1; end < text.length; end++) if (overlaps(x, text, end, gap, ends)) return true;
  return false;
}

/** Whether `x` is looked at before `text` where both end: the longer is, and, were they the same, as `late` says. */
const endsFirst = (x: string, text: string, late: boolean): boolean =>
  x.endsWith(text) && (late || x.length > text.length);

/**
 * Whether `x` can end where `end` bytes of `text` do, of which the gap does not take all, while one of `ends` and bytes of the
 * gap stand before the text.
 */
function overlaps(x: string, text: string, end: number, gap: Uint8Array, ends: readonly string[]): boolean {
  const begun = text.slice(0, end);
  if (outside(gap, begun) === 0) return false;
  if (x.length <= end) return begun.endsWith(x);
  if (!x.endsWith(begun)) return false;
  const rest = x.slice(0, -end);
  for (let from = rest.length; ; from--) {
    const ended = rest.slice(0, from);
    if (from === 0 || ends.some((y) => y.endsWith(ended) || ended.endsWith(y))) return true;
    if (gap[rest.charCodeAt(from - 1)] !== 1) return false;
  }
}

/** Bytes of the text that a gap does not take. */
export const breaksOf = (gap: Uint8Array | null, text: string): number => (gap ? outside(gap, text) : 0);
