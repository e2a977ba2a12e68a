/** Keys of substring classifiers: a text that is contained, or a sequence of texts that an expression asks for. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { SUBSTRINGS } from '../../vm/spec/index.ts';
import { BEGIN, END, foldedPattern, type Pattern, type Sequence, sequencesOf, type Stage } from '../pattern/index.ts';

const TEXT = '=';
const SEQUENCE = '~';

/** The key of texts that contain this one. */
export const textKey = (text: Bytes): Bytes => TEXT + text;

/** What a key asks for. */
export const sequenceOfKey = (key: Bytes): Sequence => {
  if (key.startsWith(TEXT))
    return { stages: [{ texts: [key.slice(1)], gap: null, min: 0, max: null, again: [] }], whole: null };
  const { stages, whole } = JSON.parse(key.slice(1)) as Written;
  return { stages: stages.map((stage) => ({ ...stage, gap: setOf(stage.gap) })), whole: setOf(whole) };
};

/** A sequence whose sets are hexadecimal digits. */
interface Written {
  readonly stages: readonly (Omit<Stage, 'gap'> & { readonly gap: string | null })[];
  readonly whole: string | null;
}

const setOf = (hex: string | null): Uint8Array | null => (hex === null ? null : bitsOf(Buffer.from(hex, 'hex')));
const bitsOf = (bits: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (bits[byte >> 3] >> (byte & 7)) & 1);

/** A set as hexadecimal digits. */
export const writtenSet = (set: Uint8Array): string => {
  const bits = new Uint8Array(32);
  set.forEach((held, byte) => (bits[byte >> 3] |= held << (byte & 7)));
  return Buffer.from(bits).toString('hex');
};

/** A sequence of nothing but one of several texts is each of them alone, as `contains` asks for it. */
const keysOf = ({ stages, whole }: Sequence): readonly Bytes[] => {
  const [{ texts }, second] = stages;
  const [text] = texts;
  if (!second && !whole && !text.startsWith(BEGIN) && !text.endsWith(END)) return texts.map(textKey);
  const written: Written = {
    stages: stages.map((stage) => ({ ...stage, gap: stage.gap && writtenSet(stage.gap) })),
    whole: whole && writtenSet(whole),
  };
  return [SEQUENCE + JSON.stringify(written)];
};

/** What finds the matches of an expression: texts with one of the keys, folded first or not. */
export interface SequenceKeys {
  readonly fold: boolean;
  readonly keys: readonly Bytes[];
  /** The sets of bytes that its gaps are made of, written. */
  readonly gaps: readonly string[];
}

/** Null where the pattern is not a disjunction of few sequences. */
export const sequenceKeys = (pattern: Pattern): SequenceKeys | null => {
  const folded = foldedPattern(pattern);
  const inLowerCase = folded && sequencesOf(folded);
  // without letters case makes no difference, and then the text itself will do
  const fold =
    inLowerCase?.some(({ stages }) => stages.some(({ texts }) => texts.some((t) => /[a-z]/.test(t)))) ?? false;
  const sequences = fold ? inLowerCase : sequencesOf(pattern);
  if (!sequences) return null;
  const gaps = sequences.flatMap(({ stages, whole }) => [whole, ...stages.map((s) => s.gap)]);
  return {
    fold,
    keys: [...new Set(sequences.flatMap(keysOf))],
    gaps: gaps.flatMap((gap) => (gap ? [writtenSet(gap)] : [])),
  };
};

/** Sets of gaps of each classifier: no more of them than its table has room for. */
export class GapSets {
  readonly #sets = new Map<number, Set<string>>();

  /** Takes the sets into those of the classifier; false, and none of them, where they are too many. */
  admit(classifier: number, gaps: readonly string[]): boolean {
    const all = new Set([...(this.#sets.get(classifier) ?? []), ...gaps]);
    if (all.size > SUBSTRINGS.maxGaps) return false;
    this.#sets.set(classifier, all);
    return true;
  }
}
