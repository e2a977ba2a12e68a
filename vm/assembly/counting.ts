/** Steps of the counting build. In the product `COUNT_STEPS` is not defined, and all of this compiles to nothing. */
let counter: u64 = 0;

/** Whether this is the counting build. */
export function isCounting(): bool {
  return isDefined(COUNT_STEPS);
}

/** Adds `n` to the counted steps. */
export function count(n: u32): void {
  if (isDefined(COUNT_STEPS)) counter += <u64>n;
}

/** Steps of hashing or comparing `n` bytes: one for each 16 begun. */
export function countBytes(n: u32): void {
  if (isDefined(COUNT_STEPS)) counter += <u64>((n + 15) >> 4);
}

/** Counted steps since the last call, and starts anew. Always 0 in the product. */
export function takeSteps(): u64 {
  const n = counter;
  counter = 0;
  return n;
}
