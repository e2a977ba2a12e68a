/** The raw interface (see the contract and docs/reference): handles and statuses are i32, negative numbers are errors. */
import {
  BATCH,
  BATCH_ROOM,
  ENDED,
  KEYS,
  NOTES,
  PROGRAM,
  STAMPS,
  STATES,
  SUBJECTS,
  WORKLOADS,
  bundleOf,
  claim,
  freeHandle,
  isSpan,
  zeroed,
} from './bundles';
import { newStates } from './classify';
import { takeSteps } from './counting';
import { runBatch } from './batch';
import { notesAtMost, useBundle } from './decide';
import { dropAllFacts, dropFacts, putFacts } from './facts';
import { beginEvent } from './fields';
import { renewGenerations } from './generations';
import * as S from './generated/spec';
import { newKeys } from './keys';
import { beginBatch, copyNotes, endBatch } from './notes';
import { takeRecord } from './record';
import { beginSpan } from './span';
import { verify } from './verify/program';

/** Version of this interface. */
export function abi_version(): i32 {
  return 1;
}

/** Memory for programs, records and facts, aligned to 16; 0 if there is none. */
export function alloc(size: u32): usize {
  if (size > 0x3ffffff0) return 0;
  return heap.alloc(size);
}

/** Gives back what `alloc` returned. */
export function free(pointer: usize): void {
  if (pointer) heap.free(pointer);
}

/** Verifies a program of `len` bytes at `pointer`, which stays the bundle's until `unload`. Returns a handle or an error. */
function loadProgram(pointer: usize, len: u32): i32 {
  if (!isSpan(<u32>pointer, len) || (<u32>pointer) & 7) return S.ERROR_SPAN;
  const status = verify(pointer, len);
  if (status != S.ERROR_OK) return status;
  const handle = freeHandle();
  if (!handle) return S.ERROR_MEMORY;
  const state = claim(handle);
  const entries = load<u32>(pointer, S.PROGRAM_ENTRY_COUNT_AT);
  const room = notesAtMost(pointer) + 16384;
  store<u32>(state, <u32>zeroed(entries * 4), STAMPS);
  store<u32>(state, <u32>zeroed(entries * 4), NOTES);
  store<u32>(state, <u32>zeroed(load<u32>(pointer, S.PROGRAM_POLICY_COUNT_AT) * 4), ENDED);
  store<u32>(state, <u32>zeroed(room * 4), BATCH);
  store<u32>(state, room, BATCH_ROOM);
  store<u32>(state, <u32>newStates(pointer), STATES);
  store<u32>(state, <u32>newKeys(pointer, load<u32>(state, STATES)), KEYS);
  store<u32>(state, <u32>pointer, PROGRAM);
  return handle;
}

export { loadProgram as load };

/** Forgets a bundle; its program's memory is the caller's again. */
export function unload(handle: i32): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  endBatch(state);
  dropAllFacts(state + SUBJECTS);
  dropAllFacts(state + WORKLOADS);
  heap.free(load<u32>(state, STAMPS));
  heap.free(load<u32>(state, NOTES));
  heap.free(load<u32>(state, ENDED));
  heap.free(load<u32>(state, BATCH));
  heap.free(load<u32>(state, STATES));
  heap.free(load<u32>(state, KEYS));
  store<u32>(state, 0);
  return S.ERROR_OK;
}

/**
 * Worst-case steps of an event of the kind, as stated by the compiler and verified at load; at most 2^31 - 1.
 * @param unknown 0 for workloads that are known, else for those whose metadata have not arrived
 */
export function cost(handle: i32, kind: u32, unknown: i32): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  const program = <usize>load<u32>(state);
  if (kind == 0 || kind >= load<u32>(program, S.PROGRAM_KIND_COUNT_AT)) return S.ERROR_KEY;
  const row = program + load<u32>(program, S.PROGRAM_KINDS_AT) + kind * S.KIND_ROW_SIZE;
  return min<u32>(unknown ? load<u32>(row, S.KIND_ROW_UNKNOWN_BOUND) : load<u32>(row, S.KIND_ROW_BOUND), i32.MAX_VALUE);
}

/** Keeps the facts of a workload under a key other than 0. */
export function workload_put(handle: i32, key: u64, pointer: usize, len: u32): i32 {
  return put(handle, WORKLOADS, key, pointer, len);
}
/** Forgets the facts of a workload. */
export function workload_drop(handle: i32, key: u64): i32 {
  const state = bundleOf(handle);
  return state ? dropFacts(state + WORKLOADS, key) : S.ERROR_HANDLE;
}
/** Keeps the facts of a process under a key other than 0. */
export function subject_put(handle: i32, key: u64, pointer: usize, len: u32): i32 {
  return put(handle, SUBJECTS, key, pointer, len);
}
/** Forgets the facts of a process. */
export function subject_drop(handle: i32, key: u64): i32 {
  const state = bundleOf(handle);
  return state ? dropFacts(state + SUBJECTS, key) : S.ERROR_HANDLE;
}

function put(handle: i32, map: u32, key: u64, pointer: usize, len: u32): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  if (!key) return S.ERROR_KEY;
  if (!isSpan(<u32>pointer, len)) return S.ERROR_SPAN;
  renewGenerations();
  beginEvent();
  if (!takeRecord(pointer, len)) return S.ERROR_RECORD;
  return putFacts(state, state + map, key, pointer);
}

/**
 * Decides on the records in [pointer, pointer + len), one verdict of 16 bytes each at `out`, `cap` verdicts at most.
 * A record whose size cannot be believed ends the batch with a verdict that says so. A batch can also end early when what
 * its events noted fills the array for it: go on with the records behind the last verdict.
 * @returns the number of verdicts
 */
export function evaluate(handle: i32, pointer: usize, len: u32, out: usize, cap: u32): i32 {
  return run(handle, pointer, len, out, cap, false);
}

/**
 * The same over a copied span of a BPF ring buffer. Stops at a record that is still being written, skips discarded ones.
 * @returns the number of verdicts
 */
export function evaluate_ring(handle: i32, pointer: usize, len: u32, out: usize, cap: u32): i32 {
  return run(handle, pointer, len, out, cap, true);
}

function run(handle: i32, pointer: usize, len: u32, out: usize, cap: u32, ring: bool): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  const verdicts = cap * S.VERDICT_SIZE;
  if (cap > 0x1000000 || !isSpan(<u32>pointer, len) || !isSpan(<u32>out, verdicts)) return S.ERROR_SPAN;
  renewGenerations();
  useBundle(state);
  beginBatch(state);
  beginSpan(pointer, len, ring);
  // what was read ahead of a record holds as long as no verdict is written over it
  const isApart = <u32>(out - pointer) >= len && <u32>(pointer - out) >= verdicts;
  return runBatch(state, out, cap, isApart);
}

/**
 * Copies the rules that the `i`-th verdict of the last batch noted: rule numbers, bit 31 for the actual decision, bit 30
 * for the as-if decision.
 * @returns how many there are, of which `cap` at most were copied
 */
export function matches(handle: i32, i: u32, out: usize, cap: u32): i32 {
  return notesOf(handle, i, out, cap, false);
}

/** Copies the numbers of the policies that the `i`-th verdict of the last batch assumed to hold; like `matches`. */
export function assumed(handle: i32, i: u32, out: usize, cap: u32): i32 {
  return notesOf(handle, i, out, cap, true);
}

function notesOf(handle: i32, i: u32, out: usize, cap: u32, assumed: bool): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  if (cap > 0x1000000 || !isSpan(<u32>out, cap * 4)) return S.ERROR_SPAN;
  const n = copyNotes(state, i, assumed, out, cap);
  return n < 0 ? S.ERROR_KEY : n;
}

/** Steps counted since the last call: 0 but in the counting build. */
export function steps(): u64 {
  return takeSteps();
}
