/**
 * The bundles that are loaded, by handle. A row of state each, outside the program, which is never written to.
 */
/** Offsets in a bundle's state. */
export const PROGRAM: u32 = 0; // address of the program, 0: the handle is free
export const STATES: u32 = 4; // address of the classifiers' states
export const SUBJECTS: u32 = 8; // 16 bytes, a facts map
export const WORKLOADS: u32 = 24; // 16 bytes, a facts map
export const STAMPS: u32 = 40; // a u32 for each entry: the event that noted it
export const NOTES: u32 = 44; // a u32 for each entry: those noted by the event at hand
export const BATCH: u32 = 48; // what the last batch noted: see notes.ts
export const BATCH_ROOM: u32 = 52; // its size in u32
export const ENDED: u32 = 56; // a u32 for each policy: the event in which it had its say
export const KEYS: u32 = 60; // address of the keys of its kinds, 0: nothing is looked ahead for
const SIZE: u32 = 64;

export const MOST: i32 = 64;
const table: usize = memory.data(64 * 64, 8);

/** The state of a handle that is loaded, 0 for any other number. */
export function bundleOf(handle: i32): usize {
  if (handle < 1 || handle > MOST) return 0;
  const state = table + (handle - 1) * SIZE;
  return load<u32>(state) ? state : 0;
}

/** A handle that is free, 0 if there is none. */
export function freeHandle(): i32 {
  for (let handle = 1; handle <= MOST; handle++) {
    if (!load<u32>(table + (handle - 1) * SIZE)) return handle;
  }
  return 0;
}

/** The state of a free handle, all zero. */
export function claim(handle: i32): usize {
  const state = table + (handle - 1) * SIZE;
  memory.fill(state, 0, SIZE);
  return state;
}

/** Memory of a bundle, all zero. */
export function zeroed(size: u32): usize {
  const p = heap.alloc(size + 8);
  memory.fill(p, 0, size + 8);
  return p;
}

/** Whether [p, p + n) lies in this module's memory, above its own static data. */
export function isSpan(p: u32, n: u32): bool {
  return p >= <u32>__heap_base && <u64>p + <u64>n <= (<u64>memory.size()) << 16;
}
