/**
 * Tables of substrings and their sequences: everything that they name is there, and what a position and an event can cost at
 * most is what they state. For each text, three u64 of working memory:
 *
 *     steps that it costs wherever it is found
 *     steps of a visit to it and to what it ends with
 *     steps of a visit to it and to those that are kept alone
 */
import * as S from '../generated/spec';
import { at, isInside, program } from './bounds';
import { isText } from './tables';

const WORK: u32 = 24;
const MOST_CLASSES: u32 = 0x400000;

let slots: u32 = 0;
let texts: u32 = 0;
let textCount: u32 = 0;
let stages: u32 = 0;
let stageCount: u32 = 0;
let users: u32 = 0;
let userCount: u32 = 0;
let gaps: u32 = 0;
let work: usize = 0;
/** By stage, u64 steps of reaching it: the users that begin to wait, and how often they are looked at. */
let starting: usize = 0;
/** Steps that an event does once. */
let once: u64 = 0;

/** Whether a table of `cap` classes may be read, and costs no more than it states. */
export function isSubstrings(offset: u32, cap: u32): bool {
  if (!isInside(offset, 1, S.SUBSTRINGS_PAIRS) || !areInside(offset)) return false;
  if (cap > MOST_CLASSES || !isAutomaton(offset) || !areUsers()) return false;
  work = heap.alloc(cap + 8);
  memory.fill(work, 0, cap);
  const complete = areStages(cap);
  heap.free(work);
  if (!complete) return false;
  work = heap.alloc(textCount * WORK + 8);
  memory.fill(work, 0, textCount * WORK);
  starting = heap.alloc(stageCount * 8 + 8);
  once = 0;
  const whole = areWaiting() && areTexts() && isStated(offset);
  heap.free(starting);
  heap.free(work);
  return whole;
}

/** Steps of a table that passed, for texts of so many bytes. */
export function substringSteps(offset: u32, length: u64): u64 {
  // each gap begins, and is broken for the first time
  const gapSteps = 2 * <u64>at(offset + S.SUBSTRINGS_GAPS);
  return gapSteps + (length + 2) * (1 + <u64>at(offset + S.SUBSTRINGS_CHAIN)) + <u64>at(offset + S.SUBSTRINGS_ONCE);
}

function areInside(offset: u32): bool {
  const width = at(offset + S.SUBSTRINGS_CLASSES);
  const slotCount = at(offset);
  textCount = at(offset + S.SUBSTRINGS_TEXTS);
  stageCount = at(offset + S.SUBSTRINGS_STAGES);
  userCount = at(offset + S.SUBSTRINGS_USERS);
  gaps = at(offset + S.SUBSTRINGS_GAPS);
  if (width == 0 || width > S.SUBSTRINGS_END + 2 || gaps > S.SUBSTRINGS_MAX_GAPS) return false;
  const pairs = offset + S.SUBSTRINGS_PAIRS;
  if (!isInside(pairs, width * width, S.SUBSTRINGS_PAIR)) return false;
  slots = pairs + width * width * S.SUBSTRINGS_PAIR;
  if (!isInside(slots, slotCount, S.SUBSTRINGS_SLOT)) return false;
  texts = slots + slotCount * S.SUBSTRINGS_SLOT;
  if (!isInside(texts, textCount, S.SUBSTRING_TEXT_SIZE)) return false;
  stages = texts + textCount * S.SUBSTRING_TEXT_SIZE;
  if (!isInside(stages, stageCount, S.STAGE_SIZE)) return false;
  users = stages + stageCount * S.STAGE_SIZE;
  return isInside(users, userCount, S.STAGE_USER_SIZE);
}

/** Steps lead to states and texts that there are; symbols have classes, and bytes break gaps, that there are. */
function isAutomaton(offset: u32): bool {
  const width = at(offset + S.SUBSTRINGS_CLASSES);
  const slotCount = at(offset);
  if (slotCount < width) return false;
  for (let i: u32 = 0; i <= S.SUBSTRINGS_END; i++) {
    if (<u32>load<u16>(program() + offset + S.SUBSTRINGS_MAP + i * 2) >= width) return false;
  }
  for (let i: u32 = 0; i < 256; i++) {
    if ((<u32>load<u16>(program() + offset + S.SUBSTRINGS_MASKS + i * 2)) >> gaps) return false;
  }
  const last = (slotCount - width) * S.SUBSTRINGS_SLOT;
  const pairs = slots - width * width * S.SUBSTRINGS_PAIR;
  return (
    areSteps(pairs, width * width, S.SUBSTRINGS_PAIR, last) && areSteps(slots + 4, slotCount, S.SUBSTRINGS_SLOT, last)
  );
}

function areSteps(first: u32, n: u32, size: u32, last: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    const state = at(first + i * size);
    if (state > last || state % S.SUBSTRINGS_SLOT || at(first + i * size + 4) > textCount) return false;
  }
  return true;
}

function isLast(stage: u32): bool {
  return at(stages + stage * S.STAGE_SIZE + S.STAGE_CLASS) != S.SUBSTRINGS_NONE;
}
/** Number of the gap, and above it its end. */
function gapOf(stage: u32): u32 {
  return <u32>load<u16>(program() + stages + stage * S.STAGE_SIZE, S.STAGE_GAP);
}
/** Whether what it has reached can be lost: the gap behind it can be broken, or ends. */
function isLost(stage: u32): bool {
  return !isLast(stage) && gapOf(stage) != 0;
}

/** No two sequences end in one class, of which `work` has a byte each: a class is found once. */
function areStages(cap: u32): bool {
  for (let i: u32 = 0; i < stageCount; i++) {
    const row = stages + i * S.STAGE_SIZE;
    if ((gapOf(i) & 255) > gaps) return false;
    if (isLast(i)) {
      const value = at(row + S.STAGE_CLASS);
      if (value >= cap || load<u8>(work + value) || gapOf(i) > 255) return false;
      store<u8>(work + value, 1);
    }
  }
  return true;
}

/** Every user is of stages and a text that there are. */
function areUsers(): bool {
  for (let i: u32 = 0; i < userCount; i++) {
    const row = users + i * S.STAGE_USER_SIZE;
    const from = at(row);
    if (from >= stageCount && from != S.SUBSTRINGS_NONE) return false;
    if (at(row + S.STAGE_USER_TO) >= stageCount || at(row + S.STAGE_USER_TEXT) >= textCount) return false;
  }
  return true;
}

/** Users that wait are those of their stage, at texts that are looked at in any case. */
function areWaiting(): bool {
  for (let i: u32 = 0; i < stageCount; i++) {
    const row = stages + i * S.STAGE_SIZE;
    const first = at(row);
    const n = at(row + S.STAGE_COUNT);
    if (<u64>first + n > <u64>userCount) return false;
    const least = <u64>load<u16>(program() + row, S.STAGE_MIN);
    // the next break of the gap says something
    let steps: u64 = isLost(i) ? 1 : 0;
    for (let j = first; j < first + n; j++) {
      const user = users + j * S.STAGE_USER_SIZE;
      const text = at(user + S.STAGE_USER_TEXT);
      if (at(user) != i || isPlain(text)) return false;
      steps += 1;
      if (isLost(at(user + S.STAGE_USER_TO))) continue;
      // it is looked at where its text overlaps, where the gap is too short, and when it leads on or is lost
      const length = load<u16>(program() + texts + text * S.SUBSTRING_TEXT_SIZE, S.SUBSTRING_TEXT_LENGTH);
      const breaks = <u64>at(user + S.STAGE_USER_BREAKS);
      steps += (1 + <u64>length + (breaks ? min<u64>(1, least) : least)) * (1 + breaks);
    }
    store<u64>(starting + i * 8, steps);
    // reached once, where nothing is lost
    if (!isLost(i)) once += steps;
  }
  return true;
}

/** Texts are found with earlier ones, and have users that there are. */
function areTexts(): bool {
  for (let i: u32 = 0; i < stageCount; i++) {
    const row = stages + i * S.STAGE_SIZE;
    const end = at(row) + at(row + S.STAGE_COUNT);
    for (let j = at(row); j < end; j++) {
      const user = users + j * S.STAGE_USER_SIZE;
      if (isLost(at(user + S.STAGE_USER_TO))) addSteps(at(user + S.STAGE_USER_TEXT), leadSteps(user));
    }
  }
  for (let i: u32 = 0; i < textCount; i++) {
    const row = texts + i * S.SUBSTRING_TEXT_SIZE;
    if (at(row) > i || at(row + S.SUBSTRING_TEXT_KEPT) > i || !isText(at(row + S.SUBSTRING_TEXT_TEXT))) return false;
    const first = at(row + S.SUBSTRING_TEXT_USERS);
    const each = at(row + S.SUBSTRING_TEXT_EACH);
    const all = <u64>each + at(row + S.SUBSTRING_TEXT_ONCE);
    if (<u64>first + all > <u64>userCount || (each && isPlain(i))) return false;
    once += 1;
    for (let j: u32 = 0; j < <u32>all; j++) {
      const steps = leadSteps(users + (first + j) * S.STAGE_USER_SIZE);
      if (j < each) addSteps(i, steps);
      else once += steps;
    }
  }
  return true;
}

function isPlain(text: u32): bool {
  const flags = <u32>load<u16>(program() + texts + text * S.SUBSTRING_TEXT_SIZE, S.SUBSTRING_TEXT_FLAGS);
  return (flags & S.SUBSTRING_FLAG_PLAIN) != 0;
}

function addSteps(text: u32, steps: u64): void {
  store<u64>(work + text * WORK, load<u64>(work + text * WORK) + steps);
}

/** Steps of a user that leads on: of passing over the breaks in its text, and of what is reached. */
function leadSteps(user: u32): u64 {
  const to = at(user + S.STAGE_USER_TO);
  const steps = 1 + <u64>at(user + S.STAGE_USER_BREAKS);
  return isLost(to) ? steps + load<u64>(starting + to * 8) : steps;
}

/** Whether the dearest position costs what is stated at most, and so does what an event does once. */
function isStated(offset: u32): bool {
  let most: u64 = 0;
  for (let i: u32 = 0; i < textCount; i++) {
    const row = texts + i * S.SUBSTRING_TEXT_SIZE;
    const own = work + i * WORK;
    const steps = load<u64>(own) + 1;
    const rest = at(row) ? load<u64>(work + (at(row) - 1) * WORK, 8) : 0;
    const kept =
      steps +
      (at(row + S.SUBSTRING_TEXT_KEPT) ? load<u64>(work + (at(row + S.SUBSTRING_TEXT_KEPT) - 1) * WORK, 16) : 0);
    const all = isPlain(i) ? max(rest, kept) : steps + rest;
    store<u64>(own, all, 8);
    store<u64>(own, kept, 16);
    most = max(most, all);
  }
  return (
    most <= <u64>at(offset + S.SUBSTRINGS_CHAIN) && min(once, <u64>u32.MAX_VALUE) <= <u64>at(offset + S.SUBSTRINGS_ONCE)
  );
}
