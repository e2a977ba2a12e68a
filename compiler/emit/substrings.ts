/** Writes tables of substrings and sequences: the automaton, and the stages that wait for what it finds. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { STAGE, STAGE_USER, SUBSTRING_FLAGS, SUBSTRING_TEXT, SUBSTRINGS, TEXT } from '../../vm/spec/index.ts';
import { BEGIN, END } from '../pattern/index.ts';
import { buildMatcher, type Matcher } from './aho-corasick.ts';
import { type Stages, stagesOf, type TextRow } from './stages.ts';
import type { Writer } from './writer.ts';

/** A table, and its steps for each symbol and for each event. */
export interface WrittenSubstrings {
  readonly table: number;
  readonly each: number;
  readonly once: number;
}

/** @param items keys of a substring classifier with their classes */
export const writeSubstrings = (w: Writer, items: readonly (readonly [Bytes, number])[]): WrittenSubstrings => {
  const stages = stagesOf(items);
  const matcher = buildMatcher(stages.texts.map(({ text }) => text));
  const masks = masksOf(stages.gaps);
  const links = linksOf(stages, matcher);
  const { slots, width } = matcher;
  const offsets = stages.texts.map(({ text }) => writeText(w, text));
  const at = w.reserve(
    SUBSTRINGS.pairs +
      matcher.pairs.state.length * SUBSTRINGS.pair +
      slots.check.length * SUBSTRINGS.slot +
      stages.texts.length * SUBSTRING_TEXT.size +
      stages.stages.length * STAGE.size +
      stages.users.length * STAGE_USER.size,
  );
  const header: readonly (readonly [number, number])[] = [
    [SUBSTRINGS.slots, slots.check.length],
    [SUBSTRINGS.classes, width],
    [SUBSTRINGS.texts, stages.texts.length],
    [SUBSTRINGS.stages, stages.stages.length],
    [SUBSTRINGS.users, stages.users.length],
    [SUBSTRINGS.gaps, stages.gaps.length],
    [SUBSTRINGS.chain, links.chain],
    [SUBSTRINGS.once, Math.min(stages.once, 0xffffffff)],
  ];
  for (const [field, value] of header) w.u32(at + field, value);
  matcher.map.forEach((c, symbol) => w.u16(at + SUBSTRINGS.map + symbol * 2, c));
  masks.forEach((mask, byte) => w.u16(at + SUBSTRINGS.masks + byte * 2, mask));
  const steps = writeSteps(w, at + SUBSTRINGS.pairs, matcher);
  const texts = writeTexts(w, steps, stages, matcher, links.kept, offsets);
  writeStages(w, texts, stages, matcher);
  const once = 2 * stages.gaps.length + Math.min(stages.once, 0xffffffff);
  return { table: at, each: 1 + links.chain, once };
};

/** Gaps that each byte breaks, a bit for each. */
const masksOf = (gaps: readonly string[]): number[] => {
  const sets = gaps.map((hex) => Buffer.from(hex, 'hex'));
  return Array.from({ length: 256 }, (_, byte) =>
    sets.reduce((mask, bits, i) => mask | (((bits[byte >> 3] >> (byte & 7)) & 1) === 0 ? 1 << i : 0), 0),
  );
};

/**
 * For each numbered text the next that it ends with and that is looked at in any case; and the steps of the dearest
 * position: of a plain text that was found before, one, and no more plain ones behind it.
 */
const linksOf = ({ texts }: Stages, { order, next }: Matcher): { kept: number[]; chain: number } => {
  const kept: number[] = [];
  const all: number[] = [];
  const keptSteps: number[] = [];
  let chain = 0;
  order.forEach((text, i) => {
    const { plain, steps } = texts[text];
    const behind = next[i];
    const link = behind === 0 ? 0 : texts[order[behind - 1]].plain ? kept[behind - 1] : behind;
    kept.push(link);
    keptSteps.push(1 + steps + (link === 0 ? 0 : keptSteps[link - 1]));
    const rest = behind === 0 ? 0 : all[behind - 1];
    all.push(plain ? Math.max(rest, keptSteps[i]) : 1 + steps + rest);
    chain = Math.max(chain, all[i]);
  });
  return { kept, chain };
};

/** A text as people read it, without begin and end. */
const writeText = (w: Writer, text: string): number => {
  const bytes = text.replace(/[^\0-\xff]/g, '');
  const at = w.reserve(TEXT.bytes + Math.ceil(bytes.length / 4) * 4);
  w.u32(at, bytes.length);
  w.text(at + TEXT.bytes, bytes);
  return at;
};

const writeSteps = (w: Writer, at: number, { pairs, slots }: Matcher): number => {
  pairs.state.forEach((state, i) => {
    w.u32(at + i * SUBSTRINGS.pair, state * SUBSTRINGS.slot);
    w.u32(at + i * SUBSTRINGS.pair + 4, pairs.found[i]);
  });
  const first = at + pairs.state.length * SUBSTRINGS.pair;
  slots.check.forEach((check, i) => {
    const row = first + i * SUBSTRINGS.slot;
    w.u32(row, check === SUBSTRINGS.none ? SUBSTRINGS.none : check * SUBSTRINGS.slot);
    w.u32(row + 4, slots.state[i] * SUBSTRINGS.slot);
    w.u32(row + 8, slots.found[i]);
  });
  return first + slots.check.length * SUBSTRINGS.slot;
};

const writeTexts = (
  w: Writer,
  at: number,
  { texts }: Stages,
  { order, next }: Matcher,
  kept: readonly number[],
  offsets: readonly number[],
): number => {
  order.forEach((text, i) => {
    const row = at + i * SUBSTRING_TEXT.size;
    const { users, each, once, length } = texts[text];
    w.u32(row + SUBSTRING_TEXT.next, next[i]);
    w.u32(row + SUBSTRING_TEXT.kept, kept[i]);
    w.u32(row + SUBSTRING_TEXT.users, users);
    w.u32(row + SUBSTRING_TEXT.each, each);
    w.u32(row + SUBSTRING_TEXT.once, once);
    w.u16(row + SUBSTRING_TEXT.length, length);
    w.u16(row + SUBSTRING_TEXT.flags, flagsOf(texts[text]));
    w.u32(row + SUBSTRING_TEXT.text, offsets[text]);
  });
  return at + order.length * SUBSTRING_TEXT.size;
};

const flagsOf = ({ text, plain }: TextRow): number =>
  (plain ? SUBSTRING_FLAGS.plain : 0) |
  (text.startsWith(BEGIN) ? SUBSTRING_FLAGS.begin : 0) |
  (text.endsWith(END) ? SUBSTRING_FLAGS.end : 0);

const writeStages = (w: Writer, at: number, { stages, users }: Stages, { order }: Matcher): void => {
  const numbers = new Uint32Array(order.length);
  order.forEach((text, i) => (numbers[text] = i));
  stages.forEach((stage, i) => {
    const row = at + i * STAGE.size;
    w.u32(row + STAGE.users, stage.users);
    w.u32(row + STAGE.class, stage.class);
    w.u32(row + STAGE.count, stage.count);
    w.u16(row + STAGE.min, stage.min);
    w.u8(row + STAGE.gap, stage.gap);
    w.u8(row + STAGE.max, stage.max === null ? 0 : stage.max + 1);
  });
  const first = at + stages.length * STAGE.size;
  users.forEach(({ from, to, text, breaks }, i) => {
    const row = first + i * STAGE_USER.size;
    w.u32(row + STAGE_USER.from, from);
    w.u32(row + STAGE_USER.to, to);
    w.u32(row + STAGE_USER.text, numbers[text]);
    w.u32(row + STAGE_USER.breaks, breaks);
  });
};
