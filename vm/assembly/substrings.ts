/**
 * Substrings and sequences of them in one pass: an Aho-Corasick automaton (Aho and Corasick 1975) finds texts, and each
 * sequence waits at the text that must come next (Hyperscan's decomposition, Wang et al. 2019). A stage that is reached
 * lists the users of the next one with their texts, so that a text that is found looks at those that wait for it alone. The
 * earliest end of a stage serves best; where the gap behind it can be broken, the earliest since it was broken last.
 *
 * Working memory, where a stamp other than this event's generation means that nothing was written yet:
 *
 *     stages    {stamp, end of the stage}
 *     users     {stamp: it waits, the next one that waits}    users count from 1
 *     texts     {stamp, first user that waits, starts that were seen}
 *     gaps      u32 breaks so far, u16 positions of them
 */
import { count } from './counting';
import { currentGeneration } from './fields';
import * as S from './generated/spec';

const STAGE_STATE: u32 = 8;
const USER_STATE: u32 = 8;
const TEXT_STATE: u32 = 12;
const GAP_STATE: u32 = 4 + 2 * S.LIMIT_TEXT_BYTES;

let texts: usize = 0;
let stages: usize = 0;
let users: usize = 0;
let starts: usize = 0;
let stageStates: usize = 0;
let userStates: usize = 0;
let textStates: usize = 0;
let gapStates: usize = 0;

let now: u32 = 0;
let out: usize = 0;
let found: u32 = 0;

/** Bytes of working memory behind the classes. */
export function substringBytes(table: usize): u32 {
  return (
    load<u32>(table, S.SUBSTRINGS_STAGES) * STAGE_STATE +
    load<u32>(table, S.SUBSTRINGS_USERS) * USER_STATE +
    load<u32>(table, S.SUBSTRINGS_TEXTS) * TEXT_STATE +
    load<u32>(table, S.SUBSTRINGS_GAPS) * GAP_STATE
  );
}

/** Finds the classes of the text [p, n) into `classes`, behind which at `work` the working memory lies. */
export function findSubstrings(table: usize, p: usize, n: u32, classes: usize, work: usize): u32 {
  const width = load<u32>(table, S.SUBSTRINGS_CLASSES);
  const pairs = table + S.SUBSTRINGS_PAIRS;
  const slots = pairs + width * width * S.SUBSTRINGS_PAIR;
  begin(table, slots, classes, work);
  count(n + 2);
  let before: u32 = 0;
  let last: u32 = <u32>load<u16>(table, S.SUBSTRINGS_MAP + S.SUBSTRINGS_BEGIN * 2);
  let state = load<u32>(pairs + last * S.SUBSTRINGS_PAIR);
  const first = load<u32>(pairs + last * S.SUBSTRINGS_PAIR, 4);
  if (first) visit(first, 0);
  for (let i: u32 = 0; i <= n; i++) {
    const symbol = i < n ? <u32>load<u8>(p + i) : S.SUBSTRINGS_END;
    if (i < n) {
      const broken = <u32>load<u16>(table + S.SUBSTRINGS_MASKS + symbol * 2);
      if (broken) breakGaps(broken, i);
    }
    const c = <u32>load<u16>(table + S.SUBSTRINGS_MAP + symbol * 2);
    let step = slots + state + c * S.SUBSTRINGS_SLOT;
    if (load<u32>(step) != state) {
      const shallow = load<u32>(pairs + (before * width + last) * S.SUBSTRINGS_PAIR);
      step = slots + shallow + c * S.SUBSTRINGS_SLOT;
      if (load<u32>(step) != shallow) step = pairs + (last * width + c) * S.SUBSTRINGS_PAIR - 4;
    }
    state = load<u32>(step, 4);
    const text = load<u32>(step, 8);
    if (text) visit(text, i + 1);
    before = last;
    last = c;
  }
  return found;
}

function begin(table: usize, slots: usize, classes: usize, work: usize): void {
  texts = slots + load<u32>(table) * S.SUBSTRINGS_SLOT;
  stages = texts + load<u32>(table, S.SUBSTRINGS_TEXTS) * S.SUBSTRING_TEXT_SIZE;
  users = stages + load<u32>(table, S.SUBSTRINGS_STAGES) * S.STAGE_SIZE;
  starts = users + load<u32>(table, S.SUBSTRINGS_USERS) * S.STAGE_USER_SIZE;
  stageStates = work;
  userStates = stageStates + load<u32>(table, S.SUBSTRINGS_STAGES) * STAGE_STATE;
  textStates = userStates + load<u32>(table, S.SUBSTRINGS_USERS) * USER_STATE;
  gapStates = textStates + load<u32>(table, S.SUBSTRINGS_TEXTS) * TEXT_STATE;
  now = currentGeneration();
  out = classes;
  found = 0;
  const gaps = load<u32>(table, S.SUBSTRINGS_GAPS);
  count(gaps);
  for (let i: u32 = 0; i < gaps; i++) store<u32>(gapStates + i * GAP_STATE, 0);
}

function breakGaps(broken: u32, at: u32): void {
  while (broken) {
    count(1);
    const gap = gapStates + ctz(broken) * GAP_STATE;
    const breaks = load<u32>(gap);
    store<u16>(gap + breaks * 2, <u16>at, 4);
    store<u32>(gap, breaks + 1);
    broken &= broken - 1;
  }
}

/** Since where the gap has not been broken but for its last `without` breaks. */
function clearSince(gap: u32, without: u32): i32 {
  if (!gap) return 0;
  const state = gapStates + (gap - 1) * GAP_STATE;
  const breaks = load<u32>(state);
  return without < breaks ? <i32>load<u16>(state + (breaks - 1 - without) * 2, 4) + 1 : 0;
}

/** The text by its number and all that it ends with were found: they end at `end`. */
function visit(text: u32, end: i32): void {
  let known = false;
  while (text) {
    count(1);
    const row = texts + (text - 1) * S.SUBSTRING_TEXT_SIZE;
    const state = textStates + (text - 1) * TEXT_STATE;
    const at = end - <i32>load<u16>(row, S.SUBSTRING_TEXT_LENGTH);
    if (load<u16>(row, S.SUBSTRING_TEXT_FLAGS) & S.SUBSTRING_FLAG_PLAIN) {
      // what it ends with was found with it the first time
      if (load<u32>(state) == now) known = true;
      else {
        renew(state);
        runOnce(row, state, at, end);
      }
    } else {
      if (load<u32>(state) != now) renew(state);
      runWaiting(state, at, end);
      runOnce(row, state, at, end);
      runEach(row, at, end);
    }
    text = known ? load<u32>(row, S.SUBSTRING_TEXT_KEPT) : load<u32>(row, S.SUBSTRING_TEXT_NEXT);
  }
}

function renew(textState: usize): void {
  store<u32>(textState, now);
  store<u32>(textState, 0, 4);
  store<u32>(textState, 0, 8);
}

/** First stages whose least gap is there now for the first time. */
function runOnce(row: usize, state: usize, at: i32, end: i32): void {
  const all = load<u32>(row, S.SUBSTRING_TEXT_ONCE);
  const list = starts + load<u32>(row, S.SUBSTRING_TEXT_STARTS) * 4;
  let seen = load<u32>(state, 8);
  while (seen < all) {
    if (!start(load<u32>(list + seen * 4), at, end)) break;
    count(1);
    seen++;
  }
  store<u32>(state, seen, 8);
}

/** First stages that count anew when the gap behind them was broken. */
function runEach(row: usize, at: i32, end: i32): void {
  const n = load<u32>(row, S.SUBSTRING_TEXT_EACH);
  const list = starts + (load<u32>(row, S.SUBSTRING_TEXT_STARTS) + load<u32>(row, S.SUBSTRING_TEXT_ONCE)) * 4;
  for (let i: u32 = 0; i < n; i++) {
    count(1);
    start(load<u32>(list + i * 4), at, end);
  }
}

/** Reaches a first stage by its user; false where the least gap before it is not there yet. */
function start(user: u32, at: i32, end: i32): bool {
  const row = users + user * S.STAGE_USER_SIZE;
  const stage = load<u32>(row);
  const stageRow = stages + stage * S.STAGE_SIZE;
  if (at < <i32>load<u16>(stageRow, S.STAGE_MIN)) return false;
  if (clearSince(load<u8>(stageRow, S.STAGE_GAP), load<u32>(row, S.STAGE_USER_BREAKS)) == 0) reach(stage, end);
  return true;
}

/** Users that wait for a text which begins at `at`: each goes on, waits on, or no longer has what to wait for. */
function runWaiting(state: usize, at: i32, end: i32): void {
  let user = load<u32>(state, 4);
  store<u32>(state, 0, 4);
  while (user) {
    count(1);
    const userState = userStates + (user - 1) * USER_STATE;
    const next = load<u32>(userState, 4);
    if (waitsOn(users + (user - 1) * S.STAGE_USER_SIZE, at, end)) {
      store<u32>(userState, load<u32>(state, 4), 4);
      store<u32>(state, user, 4);
    } else store<u32>(userState, 0);
    user = next;
  }
}

function waitsOn(row: usize, at: i32, end: i32): bool {
  const stage = load<u32>(row);
  const stageRow = stages + stage * S.STAGE_SIZE;
  const before = load<i32>(stageStates + (stage - 1) * STAGE_STATE, 4);
  const again = gapBehind(stage) != 0;
  if (!again && load<u32>(stageStates + stage * STAGE_STATE) == now) return false;
  if (before < clearSince(load<u8>(stageRow, S.STAGE_GAP), load<u32>(row, S.STAGE_USER_BREAKS))) return false;
  if (at < before + <i32>load<u16>(stageRow, S.STAGE_MIN)) return true;
  reach(stage, end);
  return again;
}

/** The gap between a stage and the next, 0 where it is of any bytes or there is no next. */
function gapBehind(stage: u32): u32 {
  const row = stages + stage * S.STAGE_SIZE;
  return load<u32>(row, S.STAGE_CLASS) == S.SUBSTRINGS_NONE ? <u32>load<u8>(row + S.STAGE_SIZE, S.STAGE_GAP) : 0;
}

/** The stage ends at `end`, which counts if it had none, or none since the gap behind it was broken. */
function reach(stage: u32, end: i32): void {
  const state = stageStates + stage * STAGE_STATE;
  if (load<u32>(state) == now && load<i32>(state, 4) >= clearSince(gapBehind(stage), 0)) return;
  store<u32>(state, now);
  store<i32>(state, end, 4);
  const row = stages + stage * S.STAGE_SIZE;
  const value = load<u32>(row, S.STAGE_CLASS);
  if (value == S.SUBSTRINGS_NONE) return wait(row + S.STAGE_SIZE);
  if (clearSince(load<u8>(row, S.STAGE_WHOLE), 0)) return;
  store<u32>(out + found * 4, value);
  found++;
}

/** The users of a stage wait for their texts. */
function wait(row: usize): void {
  const first = load<u32>(row);
  const end = first + <u32>load<u16>(row, S.STAGE_COUNT);
  for (let user = first; user < end; user++) {
    count(1);
    const userState = userStates + user * USER_STATE;
    if (load<u32>(userState) == now) continue;
    const state = textStates + load<u32>(users + user * S.STAGE_USER_SIZE, S.STAGE_USER_TEXT) * TEXT_STATE;
    if (load<u32>(state) != now) renew(state);
    store<u32>(userState, now);
    store<u32>(userState, load<u32>(state, 4), 4);
    store<u32>(state, user + 1, 4);
  }
}
