/**
 * The seccomp filter of a workload: what is absent, what is refused, what asks Lictor, and what is free. It looks at
 * numbers and register values only, never at memory; a thread cannot change either while its call waits.
 */
import { SYSCALLS_END, syscallName, syscallNumber } from '../../sensors/index.ts';
import type { Needs } from '../needs.ts';
import { assemble } from './assemble.ts';
import { inOrder, type Check } from './checks.ts';
import { dispatch } from './dispatch.ts';
import { DATA, load, test, type Node } from './graph.ts';
import { notified } from './notified.ts';
import { ABSENT, REFUSED } from './refused.ts';

const AUDIT_ARCH_X86_64 = 0xc000003e;

/** Refusals stand before questions: nobody is asked about what nobody gets. */
const checksFor = (needs: Needs): ReadonlyMap<string, readonly Check[]> => {
  const checks = new Map<string, Check[]>();
  const add = (name: string, check: Check): void => {
    const known = checks.get(name);
    if (known) known.push(check);
    else checks.set(name, [check]);
  };
  for (const { calls, check, when } of REFUSED) if (!when || when(needs)) for (const name of calls) add(name, check);
  for (const group of notified(needs))
    for (const [names, check] of group) names.split(' ').forEach((name) => add(name, check));
  return checks;
};

/** @returns where a call of each number goes: numbers without a name are calls that nobody has looked at, so they are absent */
const leavesFor = (needs: Needs): readonly Node[] => {
  const free = inOrder([]);
  const leaves = Array.from({ length: SYSCALLS_END }, (_, nr) => (syscallName(nr) === null ? ABSENT : free));
  for (const [name, checks] of checksFor(needs)) {
    const nr = syscallNumber(name);
    if (nr === null) throw new Error(`BUG: the filter names \`${name}\`, which is no system call`);
    leaves[nr] = inOrder(checks);
  }
  return leaves;
};

/**
 * @param needs of the bundle
 * @returns the filter as `struct sock_filter[]`
 */
export const filterFor = (needs: Needs): Uint8Array => {
  const leaves = leavesFor(needs);
  // x32 calls have numbers from 0x40000000, 32-bit calls another architecture
  const numbers = load(
    DATA.nr,
    dispatch((nr) => leaves[nr], SYSCALLS_END, ABSENT),
  );
  const program = assemble(load(DATA.arch, test('equal', AUDIT_ARCH_X86_64, numbers, ABSENT)));
  if (program === null) throw new Error('BUG: the filter has more instructions than the kernel takes');
  return program;
};
