/** Which part of a filter a number leads to: a balanced tree, because a filter runs for every system call. */
import { test, type Node } from './graph.ts';

/** Numbers from `from` to the next interval's lead to `node`. */
interface Interval {
  readonly from: number;
  readonly node: Node;
}

const tree = (intervals: readonly Interval[]): Node => {
  if (intervals.length === 1) return intervals[0].node;
  const middle = intervals.length >> 1;
  return test('at least', intervals[middle].from, tree(intervals.slice(middle)), tree(intervals.slice(0, middle)));
};

/**
 * @param leaf what each number from 0 to `end - 1` leads to
 * @param beyond what all other numbers lead to
 * @returns the tree; the number is in the accumulator
 */
export const dispatch = (leaf: (nr: number) => Node, end: number, beyond: Node): Node => {
  const intervals: Interval[] = [];
  for (let from = 0; from <= end; from++) {
    const node = from < end ? leaf(from) : beyond;
    if (node !== intervals.at(-1)?.node) intervals.push({ from, node });
  }
  return tree(intervals);
};
