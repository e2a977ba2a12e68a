/** Stages of sequences, and what each text of them costs where it is found. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { SUBSTRINGS } from '../../vm/spec/index.ts';
import { BEGIN, breaksOf, type Stage } from '../pattern/index.ts';
import { sequenceOfKey, writtenSet } from '../plan/sequence.ts';

/** A stage as it is written: gaps are numbers from 1, 0 for any bytes. */
export interface StageRow {
  readonly users: number;
  readonly count: number;
  readonly class: number;
  readonly min: number;
  readonly gap: number;
  readonly whole: number;
  readonly isFirst: boolean;
  /** What it has reached can be lost: the gap behind it can be broken. */
  readonly isLost: boolean;
}
export interface UserRow {
  readonly stage: number;
  /** Index of the text. */
  readonly text: number;
  readonly breaks: number;
}

/** A text, and the users of first stages that are seen once or wherever it is. */
export interface TextRow {
  readonly text: string;
  /** Bytes, and one for the end. */
  readonly length: number;
  readonly once: readonly number[];
  readonly each: readonly number[];
  /** Seen once is seen enough. */
  readonly plain: boolean;
  /** Steps wherever it is found, beside the one of the visit. */
  readonly steps: number;
}

export interface Stages {
  readonly stages: readonly StageRow[];
  readonly users: readonly UserRow[];
  readonly texts: readonly TextRow[];
  /** Sets of bytes of gaps, written. */
  readonly gaps: readonly string[];
  /** Steps of what an event does once. */
  readonly once: number;
}

/** @param items keys of a substring classifier with their classes */
export const stagesOf = (items: readonly (readonly [Bytes, number])[]): Stages => {
  const texts = new Numbers();
  const gaps = new Numbers();
  const stages: StageRow[] = [];
  const users: UserRow[] = [];
  const gapOf = (set: Uint8Array | null): number => (set ? gaps.of(writtenSet(set)) + 1 : 0);
  for (const [key, found] of items) {
    const sequence = sequenceOfKey(key);
    sequence.stages.forEach((stage, i) => {
      const next = sequence.stages[i + 1] as Stage | undefined;
      stages.push({
        users: users.length,
        count: stage.texts.length,
        class: next ? SUBSTRINGS.none : found,
        min: stage.min,
        gap: gapOf(stage.gap),
        whole: next ? 0 : gapOf(sequence.whole),
        isFirst: i === 0,
        isLost: Boolean(next?.gap),
      });
      for (const text of stage.texts) {
        users.push({ stage: stages.length - 1, text: texts.of(text), breaks: breaksOf(stage, text) });
      }
    });
  }
  return { stages, users, gaps: gaps.names, ...textsOf(texts.names, stages, users) };
};

class Numbers {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) this.#numbers.set(name, (number = this.#numbers.size));
    return number;
  }

  get names(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** Bytes that a text takes: a begin takes none, an end one. */
const lengthOf = (text: string): number => text.length - Number(text.startsWith(BEGIN));

const textsOf = (
  names: readonly string[],
  stages: readonly StageRow[],
  users: readonly UserRow[],
): { texts: TextRow[]; once: number } => {
  const rows = names.map((text) => ({
    text,
    length: lengthOf(text),
    once: [] as number[],
    each: [] as number[],
    plain: true,
    steps: 0,
  }));
  let once = rows.length;
  users.forEach(({ stage, text }, user) => {
    const { isFirst, isLost, gap, min } = stages[stage];
    const row = rows[text];
    if (!isFirst || isLost || min > 0) row.plain = false;
    const starting = isLost ? stages[stage + 1].count : 0;
    if (isFirst) (isLost ? row.each : row.once).push(user);
    if (isFirst ? isLost : isLost || gap > 0) row.steps += 1 + starting;
    // reached once; one that waits is looked at until its gap is there and its text has come
    else once += isFirst ? 1 : 1 + row.length + min;
  });
  for (const { once: list } of rows) list.sort((a, b) => stages[users[a].stage].min - stages[users[b].stage].min);
  stages.forEach(({ class: found, isLost }, i) => {
    if (found === SUBSTRINGS.none && !isLost) once += stages[i + 1].count;
  });
  return { texts: rows, once };
};
