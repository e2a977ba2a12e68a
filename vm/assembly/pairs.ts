/**
 * From two classes to a ref: see PAIRS in the specification.
 *
 *     | buckets u32 | seed u32 | bucket 0: pair u64 × 5, ref u32 × 5, overflow u32 | bucket 1 | ...
 */
import { count } from './counting';
import { secondPlace } from './dictionary';
import * as S from './generated/spec';
import { hashWord } from './text';

/**
 * @param table address of the table
 * @returns the ref of the pair, 0 if there is none
 */
export function findPair(table: usize, a: u32, b: u32): u32 {
  count(2); // the hash, and the first bucket
  const pair = (<u64>a) | ((<u64>b) << 32);
  const buckets = <u64>load<u32>(table);
  const h = hashWord(pair, load<u32>(table, S.PAIRS_SEED));
  const first = bucketOf(table, h >> 32, buckets);
  const ref = refOf(first, pair);
  if (ref || !load<u32>(first, S.PAIRS_OVERFLOW)) return ref;
  count(1);
  return refOf(bucketOf(table, secondPlace(h), buckets), pair);
}

/** Address of the bucket where the pair is looked for first. */
export function firstBucket(table: usize, a: u32, b: u32): usize {
  const h = hashWord((<u64>a) | ((<u64>b) << 32), load<u32>(table, S.PAIRS_SEED));
  return bucketOf(table, h >> 32, load<u32>(table));
}

function bucketOf(table: usize, place: u64, buckets: u64): usize {
  return table + S.PAIRS_HEADER + <usize>((place * buckets) >> 32) * S.PAIRS_BUCKET;
}

/** Without branches: which place it is cannot be foreseen. A place without a ref is empty. */
function refOf(bucket: usize, pair: u64): u32 {
  let ref: u32 = 0;
  ref = select<u32>(load<u32>(bucket, 56), ref, load<u64>(bucket, 32) == pair);
  ref = select<u32>(load<u32>(bucket, 52), ref, load<u64>(bucket, 24) == pair);
  ref = select<u32>(load<u32>(bucket, 48), ref, load<u64>(bucket, 16) == pair);
  ref = select<u32>(load<u32>(bucket, 44), ref, load<u64>(bucket, 8) == pair);
  return select<u32>(load<u32>(bucket, 40), ref, load<u64>(bucket) == pair);
}
