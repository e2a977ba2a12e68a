/**
 * The component's side of `lictor-policy.wit`, around the calls of the core module. Names are made canonical when it is built
 * (tools/canonical-names.mjs). Lists come in memory of `cabi_realloc` and are freed here; lists that are handed out are
 * freed by the function `post_…` that the host calls when it has read them.
 */
import * as core from '../assembly/index';
import { PROGRAM, bundleOf } from '../assembly/bundles';
import * as S from '../assembly/generated/spec';
import { at, beginSpan, nextRecord } from '../assembly/span';

/**
 * What a call returns lies here until the next one: `case u8` (0: fine, 1: a status); at 4 the status as the number of its
 * case, or a number, or `pointer u32 | length u32`; at 12 what else there is. Where there is no value, the status is at 1.
 */
const result: usize = memory.data(16, 4);
const STATUS_ALONE: usize = 1;
const VALUE: usize = 4;
const LENGTH: usize = 8;
const CONSUMED: usize = 12;

/** Verdicts that the core module takes room for; a batch that has more ends early. */
const VERDICTS_MOST: u32 = 0x1000000;

/** Memory for a list, and for one that grows: the host calls it. Traps where there is none, as components do. */
export function cabi_realloc(old: usize, oldSize: usize, align: u32, size: usize): usize {
  return old ? heap.realloc(old, size) : heap.alloc(size);
}

/** @param status of the core module: what is negative is an error, what is not is the value */
function answer(status: i32): usize {
  store<u8>(result, status < 0);
  if (status < 0) store<u8>(result, -status - 1, VALUE);
  else store<u32>(result, status, VALUE);
  return result;
}

/** Like `answer`, without a value. */
function answerDone(status: i32): usize {
  store<u8>(result, status < 0);
  store<u8>(result, -status - 1, STATUS_ALONE);
  return result;
}

/** Like `answer`, with a list that is the host's until it is released. */
function answerList(list: usize, length: i32): usize {
  if (length < 0) {
    heap.free(list);
    return answer(length);
  }
  store<u8>(result, 0);
  store<u32>(result, <u32>list, VALUE);
  store<u32>(result, length, LENGTH);
  return result;
}

/** Frees the list of an answer: the host has read it. */
function release(answered: usize): void {
  if (!load<u8>(answered)) heap.free(<usize>load<u32>(answered, VALUE));
}

export { release as post_evaluate, release as post_evaluate_ring, release as post_matches, release as post_assumed };

/** The program stays in the memory that it came in. */
function loadProgram(program: usize, length: u32): usize {
  const handle = core.load(program, length);
  if (handle < 0) heap.free(program);
  return answer(handle);
}

export { loadProgram as load };

export function unload(handle: i32): usize {
  const state = bundleOf(handle);
  const program = state ? <usize>load<u32>(state, PROGRAM) : 0;
  const status = core.unload(handle);
  if (program) heap.free(program);
  return answerDone(status);
}

export function cost(handle: i32, kind: u32, unknown: i32): usize {
  return answer(core.cost(handle, kind, unknown));
}

export function subject_put(handle: i32, key: u64, facts: usize, length: u32): usize {
  const status = core.subject_put(handle, key, facts, length);
  heap.free(facts);
  return answerDone(status);
}

export function subject_drop(handle: i32, key: u64): usize {
  return answerDone(core.subject_drop(handle, key));
}

export function workload_put(handle: i32, key: u64, facts: usize, length: u32): usize {
  const status = core.workload_put(handle, key, facts, length);
  heap.free(facts);
  return answerDone(status);
}

export function workload_drop(handle: i32, key: u64): usize {
  return answerDone(core.workload_drop(handle, key));
}

export function evaluate(handle: i32, records: usize, length: u32): usize {
  const most = min(length / S.RECORD_HEADER + 1, VERDICTS_MOST);
  const out = heap.alloc(most * S.VERDICT_SIZE);
  return answerBatch(records, length, out, core.evaluate(handle, records, length, out, most), false);
}

export function evaluate_ring(handle: i32, span: usize, length: u32): usize {
  const most = min(length / S.RING_HEADER + 1, VERDICTS_MOST); // a record may be a header alone
  const out = heap.alloc(most * S.VERDICT_SIZE);
  return answerBatch(span, length, out, core.evaluate_ring(handle, span, length, out, most), true);
}

/**
 * Finds where a batch of `n` verdicts ended by going over its records again: the machine may have looked further.
 * Discarded records at the end of a ring's span are consumed too.
 */
function answerBatch(span: usize, length: u32, out: usize, n: i32, isRing: bool): usize {
  beginSpan(span, length, isRing);
  for (let i = 0; i < n; i++) nextRecord();
  const behind = at;
  store<u32>(result, nextRecord() ? behind : at, CONSUMED);
  heap.free(span);
  return answerList(out, n < 0 ? n : n * S.VERDICT_SIZE);
}

export function matches(handle: i32, verdict: u32): usize {
  const n = core.matches(handle, verdict, __heap_base, 0);
  const list = heap.alloc((<usize>max(n, 0)) << 2);
  return answerList(list, core.matches(handle, verdict, list, max(n, 0)));
}

export function assumed(handle: i32, verdict: u32): usize {
  const n = core.assumed(handle, verdict, __heap_base, 0);
  const list = heap.alloc((<usize>max(n, 0)) << 2);
  return answerList(list, core.assumed(handle, verdict, list, max(n, 0)));
}
