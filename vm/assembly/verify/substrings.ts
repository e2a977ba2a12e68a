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
let starts: u32 = 0;
let startCount: u32 = 0;
let gaps: u32 = 0;
let work: usize = 0;
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
  once = 0;
  const whole = areTexts() && isStated(offset);
  heap.free(work);
  return whole;
}

/** Steps of a table that passed, for texts of so many bytes. */
export function substringSteps(offset: u32, length: u64): u64 {
  const each = 1 + <u64>at(offset + S.SUBSTRINGS_BREAKS) + <u64>at(offset + S.SUBSTRINGS_CHAIN);
  return <u64>at(offset + S.SUBSTRINGS_GAPS) + (length + 2) * each + <u64>at(offset + S.SUBSTRINGS_ONCE);
}

function areInside(offset: u32): bool {
  const width = at(offset + S.SUBSTRINGS_CLASSES);
  const slotCount = at(offset);
  textCount = at(offset + S.SUBSTRINGS_TEXTS);
  stageCount = at(offset + S.SUBSTRINGS_STAGES);
  userCount = at(offset + S.SUBSTRINGS_USERS);
  startCount = at(offset + S.SUBSTRINGS_STARTS);
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
  if (!isInside(users, userCount, S.STAGE_USER_SIZE)) return false;
  starts = users + userCount * S.STAGE_USER_SIZE;
  return isInside(starts, startCount, 4);
}

/** Steps lead to states and texts that there are; symbols have classes, and bytes break gaps, that there are. */
function isAutomaton(offset: u32): bool {
  const width = at(offset + S.SUBSTRINGS_CLASSES);
  const slotCount = at(offset);
  if (slotCount < width) return false;
  for (let i: u32 = 0; i <= S.SUBSTRINGS_END; i++) {
    if (<u32>load<u16>(program() + offset + S.SUBSTRINGS_MAP + i * 2) >= width) return false;
  }
  let breaks: u32 = 0;
  for (let i: u32 = 0; i < 256; i++) {
    const mask = <u32>load<u16>(program() + offset + S.SUBSTRINGS_MASKS + i * 2);
    if (mask >> gaps) return false;
    breaks = max(breaks, popcnt(mask));
  }
  if (breaks > at(offset + S.SUBSTRINGS_BREAKS)) return false;
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
function isFirst(stage: u32): bool {
  return stage == 0 || isLast(stage - 1);
}
function gapOf(stage: u32): u32 {
  return <u32>load<u8>(program() + stages + stage * S.STAGE_SIZE, S.STAGE_GAP);
}
/** Whether what it has reached can be lost: the gap behind it can be broken. */
function isLost(stage: u32): bool {
  return !isLast(stage) && gapOf(stage + 1) != 0;
}
function usersOf(stage: u32): u32 {
  return <u32>load<u16>(program() + stages + stage * S.STAGE_SIZE, S.STAGE_COUNT);
}

/** Every sequence ends, and no two in one class, of which `work` has a byte each: a class is found once. */
function areStages(cap: u32): bool {
  for (let i: u32 = 0; i < stageCount; i++) {
    const row = stages + i * S.STAGE_SIZE;
    if (!isLast(i)) {
      if (i + 1 == stageCount) return false;
    } else {
      const value = at(row + S.STAGE_CLASS);
      if (value >= cap || load<u8>(work + value)) return false;
      store<u8>(work + value, 1);
    }
    if (gapOf(i) > gaps || <u32>load<u8>(program() + row, S.STAGE_WHOLE) > gaps) return false;
    if (at(row) > userCount || usersOf(i) > userCount - at(row)) return false;
    for (let j: u32 = 0; j < usersOf(i); j++) {
      if (at(users + (at(row) + j) * S.STAGE_USER_SIZE) != i) return false;
    }
  }
  return true;
}

/** Every user is one of its stage's, of a text that there is. */
function areUsers(): bool {
  for (let i: u32 = 0; i < userCount; i++) {
    const row = users + i * S.STAGE_USER_SIZE;
    const stage = at(row);
    if (stage >= stageCount || at(row + S.STAGE_USER_TEXT) >= textCount) return false;
    const first = at(stages + stage * S.STAGE_SIZE);
    if (i < first || i - first >= usersOf(stage)) return false;
  }
  return true;
}

/** Texts are found with earlier ones; what follows first stages waits at texts that are looked at in any case. */
function areTexts(): bool {
  for (let i: u32 = 0; i < userCount; i++) {
    const row = users + i * S.STAGE_USER_SIZE;
    if (!isFirst(at(row)) && !addUser(at(row), at(row + S.STAGE_USER_TEXT))) return false;
  }
  for (let i: u32 = 0; i < stageCount; i++) {
    // reached once, and then the users of the next one begin to wait
    if (!isLast(i) && !isLost(i)) once += usersOf(i + 1);
  }
  for (let i: u32 = 0; i < textCount; i++) {
    const row = texts + i * S.SUBSTRING_TEXT_SIZE;
    const first = at(row + S.SUBSTRING_TEXT_STARTS);
    if (at(row) > i || at(row + S.SUBSTRING_TEXT_KEPT) > i || !isText(at(row + S.SUBSTRING_TEXT_TEXT))) return false;
    const seenOnce = at(row + S.SUBSTRING_TEXT_ONCE);
    const each = at(row + S.SUBSTRING_TEXT_EACH);
    if (<u64>first + seenOnce + each > <u64>startCount) return false;
    const plain = isPlain(i);
    if (plain && each) return false;
    once += 1 + seenOnce;
    for (let j: u32 = 0; j < seenOnce + each; j++) {
      if (!addStart(i, at(starts + (first + j) * 4), j < seenOnce, plain)) return false;
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

/** A user that may wait: at each position, or, where nothing is lost, until its gap is there and its text has come. */
function addUser(stage: u32, text: u32): bool {
  if (isPlain(text)) return false;
  if (isLost(stage)) addSteps(text, 1 + usersOf(stage + 1));
  else if (gapOf(stage)) addSteps(text, 1);
  else {
    const length = load<u16>(program() + texts + text * S.SUBSTRING_TEXT_SIZE, S.SUBSTRING_TEXT_LENGTH);
    once += 1 + <u64>length + <u64>load<u16>(program() + stages + stage * S.STAGE_SIZE, S.STAGE_MIN);
  }
  return true;
}

function addStart(text: u32, user: u32, seenOnce: bool, plain: bool): bool {
  if (user >= userCount) return false;
  const stage = at(users + user * S.STAGE_USER_SIZE);
  if (!isFirst(stage)) return false;
  if (plain && load<u16>(program() + stages + stage * S.STAGE_SIZE, S.STAGE_MIN)) return false;
  if (seenOnce) return !isLost(stage);
  addSteps(text, isLost(stage) ? 1 + usersOf(stage + 1) : 1);
  return true;
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
