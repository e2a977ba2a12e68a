/** What the verifier knows of the program at hand, and whether a span of it may be read. */
import * as S from '../generated/spec';

let base: usize = 0;
let size: u32 = 0;

export function beginProgram(program: usize, length: u32): void {
  base = program;
  size = length;
}

export function program(): usize {
  return base;
}

/** Whether `count` records of `each` bytes lie at `offset`, behind the header and aligned to 4. */
export function isInside(offset: u32, count: u32, each: u32): bool {
  return offset >= S.PROGRAM_HEADER && !(offset & 3) && <u64>offset + <u64>count * <u64>each <= <u64>size;
}

/** Whether `n` bytes lie at `offset`, behind the header. */
export function areBytes(offset: u32, n: u32): bool {
  return offset >= S.PROGRAM_HEADER && <u64>offset + <u64>n <= <u64>size;
}

/** The u32 at an offset that is inside. */
export function at(offset: u32): u32 {
  return load<u32>(base + offset);
}

/** A sum of steps that stops at the largest number instead of wrapping. */
export function plus(a: u64, b: u64): u64 {
  const sum = a + b;
  return sum < a ? u64.MAX_VALUE : sum;
}

/** A product of steps, likewise. */
export function times(a: u64, b: u64): u64 {
  if (a == 0 || b == 0) return 0;
  return a > u64.MAX_VALUE / b ? u64.MAX_VALUE : a * b;
}

/** Steps of hashing or comparing `n` bytes. */
export function passes(n: u64): u64 {
  return (n + 15) >> 4;
}
