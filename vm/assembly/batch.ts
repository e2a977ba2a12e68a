/** A batch: its records one by one, and in large programs some at a time looked ahead for. */
import { TOGETHER, hashKeys, readAhead, useAhead } from './ahead';
import { KEYS, PROGRAM } from './bundles';
import { decide } from './decide';
import * as S from './generated/spec';
import { at, found, foundRoom, goBack, nextRecord } from './span';

/** Bytes of a program that a core's own caches hold: to look ahead in less costs more than it saves. */
const SMALL: u32 = 1 << 22;

/**
 * Decides on the records of the span that was begun, `cap` at most.
 * @param isApart whether no verdict is written over a record: what was read ahead of that would not hold
 * @returns the number of verdicts at `out`
 */
export function runBatch(bundle: usize, out: usize, cap: u32, isApart: bool): i32 {
  const program = <usize>load<u32>(bundle, PROGRAM);
  const isAhead = isApart && load<u32>(program, S.PROGRAM_SIZE_AT) > SMALL;
  let first: u32 = 0;
  let last: u32 = 0;
  let n: u32 = 0;
  for (; n < cap && nextRecord(); n++) {
    if (isAhead) {
      if (n == last) {
        first = n;
        last += lookAhead(program, load<u32>(bundle, KEYS), min(TOGETHER, cap - n));
      }
      useAhead(n - first, true);
    }
    if (!decide(found, foundRoom, n, out + n * S.VERDICT_SIZE)) break;
  }
  useAhead(0, false);
  return n;
}

/** Looks ahead for the record that was found and some behind it, and finds it again. @returns for how many */
function lookAhead(program: usize, keys: usize, most: u32): u32 {
  const record = found;
  const room = foundRoom;
  const behind = at;
  let n: u32 = 0;
  do {
    hashKeys(n, found, foundRoom, keys);
    n++;
  } while (n < most && nextRecord());
  readAhead(program, n, keys);
  goBack(record, room, behind);
  return n;
}
