/**
 * Stages of sequences, those that sequences have in common at their begin once, and what each text of them costs where it is
 * found.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { SUBSTRINGS } from '../../vm/spec/index.ts';
import { BEGIN, breaksOf, type Sequence, type Stage } from '../pattern/index.ts';
import { sequenceOfKey, writtenSet } from '../plan/sequence.ts';

/** A stage as it is written: gaps are numbers from 1, 0 for any bytes. */
export interface StageRow {
  readonly class: number;
  readonly min: number;
  readonly max: number | null;
  readonly gap: number;
  /** Users that wait when it is reached: so many, from this one on. */
  users: number;
  count: number;
}

export interface UserRow {
  /** SUBSTRINGS.none: anywhere. */
  readonly from: number;
  readonly to: number;
  /** Index of the text. */
  readonly text: number;
  readonly breaks: number;
}

/** A text, and its users that are looked at wherever it is, and behind them those that need to see it once. */
export interface TextRow {
  readonly text: string;
  /** Bytes, and one for the end. */
  readonly length: number;
  users: number;
  each: number;
  once: number;
  /** Seen once is seen enough. */
  plain: boolean;
  /** Steps wherever it is found, beside the one of the visit. */
  steps: number;
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

/** Users of a text that are looked at wherever it is found, however few wait for it together. */
const FEW = 2;

/** @param items keys of a substring classifier with their classes */
export const stagesOf = (items: readonly (readonly [Bytes, number])[]): Stages => {
  const graph = new Graph();
  for (const [key, found] of items) graph.add(sequenceOfKey(key), found);
  const { stages, users } = graph;
  const texts: TextRow[] = graph.texts.map((text) => {
    // a begin takes no byte, an end takes one
    const length = text.length - Number(text.startsWith(BEGIN));
    return { text, length, users: 0, each: 0, once: 0, plain: true, steps: 0 };
  });
  const listed = list(stages, users, texts);
  return { stages, users: listed, texts, gaps: graph.gaps, once: count(stages, listed, texts) };
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

/** All sequences: a stage stands behind those that come before it. */
class Graph {
  readonly stages: StageRow[] = [];
  readonly users: UserRow[] = [];
  readonly #known = new Map<string, number>();
  readonly #texts = new Numbers();
  readonly #gaps = new Numbers();

  get texts(): string[] {
    return this.#texts.names;
  }
  get gaps(): string[] {
    return this.#gaps.names;
  }

  add({ stages, whole }: Sequence, found: number): void {
    let from: number = SUBSTRINGS.none;
    let behind: Uint8Array | null = null;
    for (const [i, { texts }] of stages.entries()) {
      const next = stages[i + 1] as Stage | undefined;
      const gap = next ? next.gap : whole;
      const row = {
        class: next ? SUBSTRINGS.none : found,
        min: next?.min ?? 0,
        max: next?.max ?? null,
        gap: gap ? this.#gaps.of(writtenSet(gap)) + 1 : 0,
      };
      const again = next?.again ?? [];
      const name = JSON.stringify([from, texts, row, again]);
      let to = this.#known.get(name);
      if (to === undefined) {
        this.#known.set(name, (to = this.stages.push({ ...row, users: 0, count: 0 }) - 1));
        for (const text of texts) this.#lead(from, to, text, behind);
        for (const text of again) this.#lead(to, to, text, gap);
      }
      [from, behind] = [to, gap];
    }
  }

  #lead(from: number, to: number, text: string, gap: Uint8Array | null): void {
    this.users.push({ from, to, text: this.#texts.of(text), breaks: breaksOf(gap, text) });
  }
}

/** Whether what a stage has reached can be lost: the gap behind it is broken, or ends. */
const isLost = ({ class: found, gap, max }: StageRow): boolean =>
  found === SUBSTRINGS.none && (gap > 0 || max !== null);

/**
 * Lists users: those that are looked at by their text, those that wait by their stage. To be looked at costs steps for each
 * user of a text, to wait for each of a stage, and it is looked at all the same where its text comes soon: whatever is less.
 */
const list = (stages: readonly StageRow[], users: readonly UserRow[], texts: readonly TextRow[]): UserRow[] => {
  const anywhere = ({ from }: UserRow): boolean => from === SUBSTRINGS.none;
  const byText = new Uint32Array(texts.length);
  const byStage = new Uint32Array(stages.length);
  for (const user of users) {
    byText[user.text]++;
    if (!anywhere(user)) byStage[user.from]++;
  }
  const isAgain = ({ from, to }: UserRow): boolean => from === to;
  // what lets a gap begin anew is looked at behind what leads on by the same text
  const leading = new Set(users.flatMap((user) => (isAgain(user) ? [] : [`${user.from} ${user.text}`])));
  const waits = (user: UserRow): boolean => {
    if (anywhere(user) || (isAgain(user) && leading.has(`${user.from} ${user.text}`))) return false;
    const beside = Math.max(FEW, byStage[user.from]);
    const often = isLost(stages[user.from]) ? Math.max(1, looks(user, stages, texts)) : 1;
    return byText[user.text] > beside * often;
  };
  const own: UserRow[] = [];
  const waiting: UserRow[] = [];
  for (const user of users) (waits(user) ? waiting : own).push(user);
  const order = (user: UserRow): number =>
    anywhere(user) ? (isLost(stages[user.to]) ? stages.length : stages.length + 1) : stages.length - 1 - user.from;
  own.sort((a, b) => a.text - b.text || order(a) - order(b) || b.to - a.to);
  own.forEach((user, i) => {
    const row = texts[user.text];
    if (row.each + row.once === 0) row.users = i;
    if (order(user) > stages.length) row.once++;
    else row.each++;
  });
  waiting.sort((a, b) => a.from - b.from);
  waiting.forEach(({ from, text }, i) => {
    const row = stages[from];
    if (row.count++ === 0) row.users = own.length + i;
    texts[text].plain = false;
  });
  for (const row of texts) if (row.each > 0) row.plain = false;
  return [...own, ...waiting];
};

/**
 * Puts steps to texts. To look at a user is a step, and one for each break in its text that has to be passed over.
 * @returns those of what an event does once
 */
const count = (stages: readonly StageRow[], users: readonly UserRow[], texts: readonly TextRow[]): number => {
  const starting = stages.map((stage) => {
    // the next break of the gap is noted
    const noted = isLost(stage) ? 1 : 0;
    const waiting = users.slice(stage.users, stage.users + stage.count);
    return waiting.reduce((sum, user) => sum + 1 + looks(user, stages, texts) * (1 + user.breaks), noted);
  });
  const leading = ({ to, breaks }: UserRow): number => 1 + breaks + (isLost(stages[to]) ? starting[to] : 0);
  let once = texts.length;
  stages.forEach((stage, i) => (once += isLost(stage) ? 0 : starting[i]));
  for (const row of texts) {
    users.slice(row.users, row.users + row.each).forEach((user) => (row.steps += leading(user)));
    once += row.once;
  }
  stages.forEach(({ users: first, count }) => {
    for (const user of users.slice(first, first + count)) {
      if (isLost(stages[user.to])) texts[user.text].steps += leading(user);
    }
  });
  return once;
};

/**
 * How often a user that waits is looked at, from when its stage was reached until it has led on or been lost: where its text
 * begins before the gap does, where the gap is too short, which a text that breaks the gap finds no second time, and then. One
 * that leads to what can be lost waits on, and is counted at its text.
 */
const looks = ({ from, to, text, breaks }: UserRow, stages: readonly StageRow[], texts: readonly TextRow[]): number => {
  if (isLost(stages[to])) return 0;
  const { min } = stages[from];
  return 1 + texts[text].length + (breaks > 0 ? Math.min(1, min) : min);
};
