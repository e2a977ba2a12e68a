/**
 * The seccomp filter of a workload: what is absent, what is refused, what asks Lictor, and what is free. It looks at
 * numbers and register values only, never at memory; a thread cannot change either while its call waits.
 */
import { SYSCALLS_END, syscallName, syscallNumber } from '../../sensors/index.ts';
import type { Needs } from '../needs.ts';
import { assemble } from './assemble.ts';
import { ALLOW, inOrder, NOTIFY, type Check } from './checks.ts';
import { dispatch } from './dispatch.ts';
import { DATA, load, sharing, sizeOf, test, type Node } from './graph.ts';
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

/**
 * @param needs of the bundle
 * @returns by number, what becomes of a call that no rule is about; numbers without a name are absent, because nobody has
 * looked at what they do
 */
export const leavesFor = (needs: Needs): readonly Node[] => {
  const leaves = Array.from({ length: SYSCALLS_END }, (_, nr) => (syscallName(nr) === null ? ABSENT : ALLOW));
  for (const [name, checks] of checksFor(needs)) {
    const nr = syscallNumber(name);
    if (nr === null) throw new Error(`BUG: the filter names \`${name}\`, which is no system call`);
    leaves[nr] = inOrder(checks);
  }
  return leaves;
};

/** Most nodes of the rules about one call, tried in this order until the program is short enough; 0: the call is always asked. */
const ROOM = [1024, 128, 16, 0];

/**
 * @param needs of the bundle
 * @param rules checks that stand before all others, by number (`ruleChecks`)
 * @returns the filter as `struct sock_filter[]`
 */
export const filterFor = (needs: Needs, rules: ReadonlyMap<number, Check>): Uint8Array => {
  const plain = leavesFor(needs);
  for (const room of ROOM) {
    const share = sharing();
    const leaves = plain.map((leaf, nr) => {
      const graph = rules.get(nr)?.(leaf) ?? leaf;
      return share(rules.has(nr) && sizeOf(graph, room) > room ? NOTIFY : graph);
    });
    // x32 calls have numbers from 0x40000000, 32-bit calls another architecture
    const numbers = load(
      DATA.nr,
      dispatch((nr) => leaves[nr], SYSCALLS_END, ABSENT),
    );
    const program = assemble(load(DATA.arch, test('equal', AUDIT_ARCH_X86_64, numbers, ABSENT)));
    if (program !== null) return program;
  }
  throw new Error('BUG: the filter has more instructions than the kernel takes');
};
