/** A batch: its records one by one, and in large programs some at a time looked ahead for. */
import { TOGETHER, hashKeys, readAhead, useAhead } from './ahead';
import { KEYS, PROGRAM } from './bundles';
import { decide } from './decide';
import * as S from './generated/spec';
import { found, foundRoom, nextRecord } from './span';

/** Bytes of a program that a core's own caches hold: to look ahead in less costs more than it saves. */
const SMALL: u32 = 1 << 22;

/** Address and room of the records that are gone through together. */
const records: usize = memory.data(16 * 8, 8);

/**
 * Decides on the records of the span that was begun, `cap` at most.
 * @param isApart whether no verdict is written over a record: what was read ahead of that would not hold
 * @returns the number of verdicts at `out`
 */
export function runBatch(bundle: usize, out: usize, cap: u32, isApart: bool): i32 {
  const program = <usize>load<u32>(bundle, PROGRAM);
  const keys = load<u32>(bundle, KEYS);
  const isAhead = isApart && load<u32>(program, S.PROGRAM_SIZE_AT) > SMALL;
  const most: u32 = isAhead ? TOGETHER : 1;
  let n: u32 = 0;
  let taken: u32 = 0;
  do {
    taken = 0;
    while (taken < most && n + taken < cap && nextRecord()) {
      store<u32>(records + taken * 8, <u32>found);
      store<u32>(records + taken * 8, foundRoom, 4);
      if (isAhead) hashKeys(taken, found, foundRoom, keys);
      taken++;
    }
    if (isAhead) readAhead(program, taken, keys);
    for (let i: u32 = 0; i < taken; i++, n++) {
      useAhead(i, isAhead);
      const record = <usize>load<u32>(records + i * 8);
      if (decide(record, load<u32>(records + i * 8, 4), n, out + n * S.VERDICT_SIZE)) continue;
      taken = 0;
      break;
    }
  } while (taken);
  useAhead(0, false);
  return n;
}
