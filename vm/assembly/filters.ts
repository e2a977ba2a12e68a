/** Which of an event's pairs of classes can be in a table of pairs: see FILTER in the specification. */
import { count } from './counting';
import * as S from './generated/spec';

/** A bit for each class that it may be paired with; 0 for a class of `a` without a pair. */
export function partners(filter: usize, a: u32): u64 {
  count(1);
  return a < load<u32>(filter) ? load<u64>(filter + S.FILTER_MASKS + a * S.FILTER_EACH) : 0;
}

/** Whether a class of `b` may be paired with the class of `a` that has the bit `own`. */
export function mayPair(filter: usize, b: u32, own: u64): bool {
  count(1);
  if (b >= load<u32>(filter, S.FILTER_OTHERS)) return false;
  const masks = filter + S.FILTER_MASKS + <usize>load<u32>(filter) * S.FILTER_EACH;
  return (load<u64>(masks + b * S.FILTER_EACH) & own) != 0;
}

/** The bit of a class. */
export function bitOf(c: u32): u64 {
  const bit = <u64>((c * S.FILTER_FACTOR) >> S.FILTER_SHIFT);
  return (<u64>1) << bit;
}
