/**
 * Generations: each event has a number, by which what was kept for it is told from what was kept for an earlier one, so that
 * nothing is cleared between events. At a million events a second the numbers are used up in an hour.
 */
import { ENDED, MOST, PROGRAM, STAMPS, STATES, bundleOf } from './bundles';
import { forgetStates } from './classify';
import { areGenerationsUsedUp, restartGenerations } from './fields';
import * as S from './generated/spec';

/** To be called before a batch: where the numbers end, clears all that has one, and begins anew. */
export function renewGenerations(): void {
  if (!areGenerationsUsedUp()) return;
  for (let handle = 1; handle <= MOST; handle++) {
    const state = bundleOf(handle);
    if (!state) continue;
    const program = <usize>load<u32>(state, PROGRAM);
    memory.fill(load<u32>(state, STAMPS), 0, load<u32>(program, S.PROGRAM_ENTRY_COUNT_AT) * 4);
    memory.fill(load<u32>(state, ENDED), 0, load<u32>(program, S.PROGRAM_POLICY_COUNT_AT) * 4);
    forgetStates(program, load<u32>(state, STATES));
  }
  restartGenerations();
}
