/** The raw interface (see the contract and docs/reference): handles and statuses are i32, negative numbers are errors. */
import {
  BATCH,
  BATCH_ROOM,
  ENDED,
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
import { decide, notesAtMost, useBundle } from './decide';
import { dropAllFacts, dropFacts, putFacts } from './facts';
import { beginEvent } from './fields';
import * as S from './generated/spec';
import { beginBatch, copyNotes, endBatch } from './notes';
import { takeRecord } from './record';
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
  const status = begin(handle, pointer, len, out, cap);
  if (status < 0) return status;
  let n: u32 = 0;
  for (let at: u32 = 0; at < len && n < cap; n++) {
    const size: u32 = len - at < S.RECORD_HEADER ? 0 : load<u32>(pointer + at);
    const sized = size >= S.RECORD_HEADER && size <= len - at && !(size & 7);
    if (!decide(pointer + at, sized ? size : 0, n, out + n * S.VERDICT_SIZE)) return n;
    if (!sized) return n + 1;
    at += size;
  }
  return n;
}

/**
 * The same over a copied span of a BPF ring buffer. Stops at a record that is still being written, skips discarded ones.
 * @returns the number of verdicts
 */
export function evaluate_ring(handle: i32, pointer: usize, len: u32, out: usize, cap: u32): i32 {
  const status = begin(handle, pointer, len, out, cap);
  if (status < 0) return status;
  let n: u32 = 0;
  for (let at: u32 = 0; len - at >= S.RING_HEADER && n < cap;) {
    const header = load<u32>(pointer + at);
    if (header & S.RING_BUSY) return n;
    const room = header & ~S.RING_DISCARD;
    const rest = len - at - S.RING_HEADER;
    const fits = room <= rest;
    if (!(header & S.RING_DISCARD)) {
      if (!decide(pointer + at + S.RING_HEADER, fits ? room : 0, n, out + n * S.VERDICT_SIZE)) return n;
      n++;
    }
    if (!fits || ((room + 7) & ~7) > rest) return n;
    at += S.RING_HEADER + ((room + 7) & ~7);
  }
  return n;
}

function begin(handle: i32, pointer: usize, len: u32, out: usize, cap: u32): i32 {
  const state = bundleOf(handle);
  if (!state) return S.ERROR_HANDLE;
  if (cap > 0x1000000 || !isSpan(<u32>pointer, len) || !isSpan(<u32>out, cap * S.VERDICT_SIZE)) return S.ERROR_SPAN;
  useBundle(state);
  beginBatch(state);
  return S.ERROR_OK;
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
