/**
 * Substrings and sequences of them in one pass: an Aho-Corasick automaton (Aho and Corasick 1975) finds texts, and these lead
 * sequences from stage to stage (Hyperscan's decomposition, Wang et al. 2019). A text that is found looks at its own users;
 * where a text has many, those wait for it whose stage was reached. The earliest end of a stage serves best; where the gap
 * behind it can be broken, the earliest since it was broken last; where that has an end, all ends of late are kept.
 *
 * Working memory, where a stamp other than this event's generation means that nothing was written yet:
 *
 *     stages    {stamp, end of the stage, u64 ends before that: bit n is n bytes before}
 *     users     {stamp: it waits, the next one that waits}    users count from 1
 *     texts     {stamp: it was found, stamp, first user that waits}
 *     gaps      u32 breaks so far, u16 positions of them: the first one, and the first behind each stage that was reached
 */
import { count } from './counting';
import { currentGeneration } from './fields';
import * as S from './generated/spec';

const STAGE_STATE: u32 = 16;
const USER_STATE: u32 = 8;
const TEXT_STATE: u32 = 12;
const GAP_STATE: u32 = 4 + 2 * S.LIMIT_TEXT_BYTES;

let texts: usize = 0;
let stages: usize = 0;
let users: usize = 0;
let stageStates: usize = 0;
let userStates: usize = 0;
let textStates: usize = 0;
let gapStates: usize = 0;

/** Gaps whose next break says something. */
let live: u32 = 0;
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
      const broken = live & (<u32>load<u16>(table + S.SUBSTRINGS_MASKS + symbol * 2));
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
  stageStates = work;
  userStates = stageStates + load<u32>(table, S.SUBSTRINGS_STAGES) * STAGE_STATE;
  textStates = userStates + load<u32>(table, S.SUBSTRINGS_USERS) * USER_STATE;
  gapStates = textStates + load<u32>(table, S.SUBSTRINGS_TEXTS) * TEXT_STATE;
  now = currentGeneration();
  out = classes;
  found = 0;
  live = -1;
  const gaps = load<u32>(table, S.SUBSTRINGS_GAPS);
  count(gaps);
  for (let i: u32 = 0; i < gaps; i++) store<u32>(gapStates + i * GAP_STATE, 0);
}

function breakGaps(broken: u32, at: u32): void {
  live ^= broken;
  while (broken) {
    count(1);
    const gap = gapStates + ctz(broken) * GAP_STATE;
    const breaks = load<u32>(gap);
    store<u16>(gap + breaks * 2, <u16>at, 4);
    store<u32>(gap, breaks + 1);
    broken &= broken - 1;
  }
}

/** Since where the gap has not been broken before `at`; `most` of its breaks may be behind that. */
function clearSince(gap: u32, at: i32, most: u32): i32 {
  if (!gap) return 0;
  const state = gapStates + (gap - 1) * GAP_STATE;
  for (let last = load<u32>(state); last; last--) {
    const broken = <i32>load<u16>(state + last * 2, 2);
    if (broken < at || !most) return broken + 1;
    count(1);
    most--;
  }
  return 0;
}

/** The text by its number and all that it ends with were found: they end at `end`. */
function visit(text: u32, end: i32): void {
  let known = false;
  while (text) {
    count(1);
    const row = texts + (text - 1) * S.SUBSTRING_TEXT_SIZE;
    const state = textStates + (text - 1) * TEXT_STATE;
    const again = load<u32>(state) == now;
    if (again && load<u16>(row, S.SUBSTRING_TEXT_FLAGS) & S.SUBSTRING_FLAG_PLAIN) {
      // what it ends with was found with it the first time
      known = true;
    } else {
      const at = end - <i32>load<u16>(row, S.SUBSTRING_TEXT_LENGTH);
      let n = load<u32>(row, S.SUBSTRING_TEXT_EACH);
      if (!again) {
        store<u32>(state, now);
        n += load<u32>(row, S.SUBSTRING_TEXT_ONCE);
      }
      runWaiting(state, at, end);
      let user = users + load<u32>(row, S.SUBSTRING_TEXT_USERS) * S.STAGE_USER_SIZE;
      for (; n; n--) {
        count(1);
        if (progress(user, at) == LEADS) reach(load<u32>(user, S.STAGE_USER_TO), end);
        user += S.STAGE_USER_SIZE;
      }
    }
    text = known ? load<u32>(row, S.SUBSTRING_TEXT_KEPT) : load<u32>(row, S.SUBSTRING_TEXT_NEXT);
  }
}

/** Users that wait for a text which begins at `at`: each goes on, waits on, or no longer has what to wait for. */
function runWaiting(state: usize, at: i32, end: i32): void {
  if (load<u32>(state, 4) != now) return;
  let user = load<u32>(state, 8);
  store<u32>(state, 0, 8);
  while (user) {
    count(1);
    const userState = userStates + (user - 1) * USER_STATE;
    const next = load<u32>(userState, 4);
    const row = users + (user - 1) * S.STAGE_USER_SIZE;
    let waits = progress(row, at);
    if (waits == LEADS) {
      const to = load<u32>(row, S.STAGE_USER_TO);
      reach(to, end);
      waits = isLost(to) ? EARLY : LOST;
    }
    if (waits == EARLY) {
      push(userState, state, user);
    } else store<u32>(userState, 0);
    user = next;
  }
}

const LOST: u32 = 0;
const EARLY: u32 = 1;
const LEADS: u32 = 2;

/** Whether a user leads on by a text that begins at `at`, or may by a later one. */
function progress(user: usize, at: i32): u32 {
  const from = load<u32>(user);
  if (from == S.SUBSTRINGS_NONE) return LEADS;
  const row = stages + from * S.STAGE_SIZE;
  const state = stageStates + from * STAGE_STATE;
  if (load<u32>(state) != now) return LOST;
  const before = load<i32>(state, 4);
  const since = clearSince(load<u8>(row, S.STAGE_GAP), at, load<u32>(user, S.STAGE_USER_BREAKS));
  if (before < since) return LOST;
  const last = at - <i32>load<u16>(row, S.STAGE_MIN);
  const most = <i32>load<u8>(row, S.STAGE_MAX);
  if (!most) return last < before ? EARLY : LEADS;
  const first = max(since, at - most + 1);
  // one from the first to the last of them will do
  const ends = load<u64>(state, 8);
  const newer = max(before - last, 0);
  const older = min(before - first, 63);
  const beyond: u64 = 63 - older;
  if (older >= newer && (ends << beyond) >> (beyond + newer)) return LEADS;
  return newer ? EARLY : LOST;
}

function isLost(stage: u32): bool {
  const row = stages + stage * S.STAGE_SIZE;
  return load<u32>(row, S.STAGE_CLASS) == S.SUBSTRINGS_NONE && load<u16>(row, S.STAGE_GAP) != 0;
}

/** The stage ends at `end`, which counts if it had none, none since the gap behind it was broken, or all do. */
function reach(stage: u32, end: i32): void {
  const state = stageStates + stage * STAGE_STATE;
  const row = stages + stage * S.STAGE_SIZE;
  const value = load<u32>(row, S.STAGE_CLASS);
  const gap = <u32>load<u8>(row, S.STAGE_GAP);
  const since = clearSince(gap, end, 0);
  let ends: u64 = 0;
  if (load<u32>(state) == now) {
    const before = load<i32>(state, 4);
    if (load<u8>(row, S.STAGE_MAX)) {
      if (end - before < <i32>S.SUBSTRINGS_RECENT) ends = load<u64>(state, 8) << (end - before);
    } else if (before >= since) return;
  }
  store<u32>(state, now);
  store<i32>(state, end, 4);
  store<u64>(state, ends | 1, 8);
  if (value == S.SUBSTRINGS_NONE) {
    if (gap) live |= 1 << (gap - 1);
    return wait(row);
  }
  if (since) return;
  store<u32>(out + found * 4, value);
  found++;
}

/** The users of a stage wait for their texts. */
function wait(row: usize): void {
  const first = load<u32>(row);
  const end = first + load<u32>(row, S.STAGE_COUNT);
  for (let user = first; user < end; user++) {
    count(1);
    const userState = userStates + user * USER_STATE;
    if (load<u32>(userState) == now) continue;
    const state = textStates + load<u32>(users + user * S.STAGE_USER_SIZE, S.STAGE_USER_TEXT) * TEXT_STATE;
    if (load<u32>(state, 4) != now) {
      store<u32>(state, now, 4);
      store<u32>(state, 0, 8);
    }
    push(userState, state, user + 1);
  }
}

/** Puts a user before those that wait for a text. */
function push(userState: usize, textState: usize, user: u32): void {
  store<u32>(userState, now);
  store<u32>(userState, load<u32>(textState, 8), 4);
  store<u32>(textState, user, 8);
}
