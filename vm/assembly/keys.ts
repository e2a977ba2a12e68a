/**
 * Keys: what is looked ahead for in the events of a program, known when it is loaded. A key is a field that a dictionary is
 * asked for as it stands; a pair is two of them that a step looks up together.
 *
 *     | {classifier's state u32, dictionary u32 (addresses)} × 128, by field, 0 for none | pairs |
 *
 * A pair is {first state u32, second state u32, table u32 (addresses)}, 0 behind the last one.
 */
import { zeroed } from './bundles';
import { fieldOf, stateOf } from './classify';
import * as S from './generated/spec';

export const KEY_DICT: u32 = 4;
export const KEY_SIZE: u32 = 8;
export const PAIRS: u32 = S.FIELD_COUNT * KEY_SIZE;
export const PAIR_SECOND: u32 = 4;
export const PAIR_TABLE: u32 = 8;
export const PAIR_SIZE: u32 = 12;
/** Pairs at most: further ones are not looked ahead for. */
const PAIRS_MOST: u32 = 4;

/** The keys of a program that was verified; `states` is its classifiers'. */
export function newKeys(base: usize, states: usize): usize {
  const keys = zeroed(PAIRS + (PAIRS_MOST + 1) * PAIR_SIZE);
  for (let i: u32 = 0; i < load<u32>(base, S.PROGRAM_CLASSIFIER_COUNT_AT); i++) {
    const state = stateOf(states, i);
    const key = keys + fieldOf(state) * KEY_SIZE;
    const row = base + load<u32>(base, S.PROGRAM_CLASSIFIERS_AT) + i * S.CLASSIFIER_SIZE;
    store<u32>(key, <u32>state);
    store<u32>(key, <u32>base + load<u32>(row, S.CLASSIFIER_TABLE), KEY_DICT);
  }
  store<u64>(keys, 0); // no field has the number 0, that of classifiers which look up something else
  const kinds = base + load<u32>(base, S.PROGRAM_KINDS_AT);
  for (let i: u32 = 0; i < load<u32>(base, S.PROGRAM_KIND_COUNT_AT); i++) {
    const kind = kinds + i * S.KIND_ROW_SIZE;
    const steps = base + load<u32>(kind, S.KIND_ROW_STEPS);
    for (let j: u32 = 0; j < load<u32>(kind, S.KIND_ROW_STEP_COUNT); j++) {
      const step = steps + j * S.STEP_SIZE;
      if (<u32>load<u8>(step) == S.STEP_OP_PAIR) addPair(base, states, step, keys + PAIRS);
    }
  }
  return keys;
}

/** Adds the pair of a step if it is one of keys and new. */
function addPair(base: usize, states: usize, step: usize, pairs: usize): void {
  const a = stateOf(states, load<u16>(step, S.STEP_A));
  const b = stateOf(states, load<u16>(step, S.STEP_B));
  const table = <u32>base + load<u32>(step, S.STEP_TABLE);
  if (!fieldOf(a) || !fieldOf(b)) return;
  let pair = pairs;
  while (load<u32>(pair) && load<u32>(pair, PAIR_TABLE) != table) pair += PAIR_SIZE;
  if (pair == pairs + PAIRS_MOST * PAIR_SIZE) return;
  store<u32>(pair, <u32>a);
  store<u32>(pair, <u32>b, PAIR_SECOND);
  store<u32>(pair, table, PAIR_TABLE);
}
