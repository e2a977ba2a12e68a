/**
 * Policies in an order in which our first match is KubeArmor's lookup. A policy stays whole unless entries of another have
 * to stand between its own: of those that do so in a circle, each becomes one policy a stage.
 */
import type { Selection } from './selection.ts';
import { compareRanks, interfere, isPlain, keysOf, rankOf, type Rank } from './lookup.ts';
import { eachOverlap, meetings } from './overlap.ts';
import type { Entry, Subject } from './entry.ts';

export interface Ordered {
  readonly selection: Selection;
  readonly entries: readonly Entry[];
  readonly allowing: ReadonlySet<Subject>;
}

/** A policy, or those of its entries that have one rank. */
export interface Part<P extends Ordered> {
  readonly policy: P;
  /** In the order in which they are looked up. */
  readonly entries: readonly Entry[];
  /** Of a policy in parts: which this is; null: it is whole. */
  readonly rank: Rank | null;
  /** Whether it matters where it stands. */
  readonly bound: boolean;
}

/** Entries of one policy by rank; of one rank as they are written. */
export const inOrder = (entries: readonly Entry[]): Entry[] =>
  entries
    .map((entry) => ({ entry, rank: rankOf(entry) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ entry }) => entry);

/** Marks the entries that block, and of whose exceptions nobody else says anything. */
export function withAlone<P extends Ordered>(policies: readonly P[]): readonly P[] {
  const couldBe = (entry: Entry): boolean => entry.action === 'Block' && !isPlain(entry);
  if (!policies.some(({ entries }) => entries.some(couldBe))) return policies;
  // Where others block some of what an entry is about, what it lets through needs a rule that says so.
  const said = new Set<Entry>();
  eachOverlap(policies, ({ entry: one }, { entry: other }) => {
    if (one.action === 'Block' && other.action === 'Block') said.add(one).add(other);
  });
  const meet = meetings(policies.map(({ selection }) => selection));
  const allowing = policies.flatMap(({ allowing: subjects }, index) =>
    subjects.size > 0 ? [{ index, subjects }] : [],
  );
  return policies.map((policy, i) => {
    const isAlone = (entry: Entry): boolean =>
      couldBe(entry) &&
      !said.has(entry) &&
      !allowing.some(({ index, subjects }) => subjects.has(entry.subject) && meet(i, index));
    const entries = policy.entries.map((entry) => (isAlone(entry) ? { ...entry, alone: true } : entry));
    return { ...policy, entries };
  });
}

/** @param policies in document order */
export function ordered<P extends Ordered>(policies: readonly P[]): Part<P>[] {
  const after = policies.map((): Set<number> => new Set());
  const bound = new Set<number>();
  eachOverlap(policies, (one, other) => {
    if (one.policy === other.policy || !interfere(one.entry, other.entry)) return;
    // Of the same key, what is read last counts: it comes first.
    const isFirst = (compareRanks(one.rank, other.rank) || other.policy - one.policy) < 0;
    const [first, second] = isFirst ? [one.policy, other.policy] : [other.policy, one.policy];
    after[first].add(second);
    bound.add(first).add(second);
  });
  return circles(after).flatMap((circle): Part<P>[] => {
    if (circle.length > 1) return inParts(circle.sort((i, j) => i - j).map((i) => policies[i]));
    const policy = policies[circle[0]];
    return [{ policy, entries: inOrder(policy.entries), rank: null, bound: bound.has(circle[0]) }];
  });
}

/** By rank; of one rank the policy that is read last comes first. */
function inParts<P extends Ordered>(policies: readonly P[]): Part<P>[] {
  const parts = policies.toReversed().flatMap((policy) => {
    const byRank = new Map<string, { rank: Rank; entries: Entry[] }>();
    for (const entry of inOrder(policy.entries)) {
      const rank = rankOf(entry);
      const key = `${rank.stage} ${rank.depth}`;
      const part = byRank.get(key);
      if (part === undefined) byRank.set(key, { rank, entries: [entry] });
      else part.entries.push(entry);
    }
    return [...byRank.values()].map((part) => ({ policy, ...part, bound: true }));
  });
  return parts.sort((a, b) => compareRanks(a.rank, b.rank));
}

/**
 * Strongly connected components in topological order (Tarjan, "Depth-first search and linear graph algorithms", 1972), by
 * steps instead of calls: a chain is as long as there are policies.
 * @param after by node: those that come after it
 */
function circles(after: readonly ReadonlySet<number>[]): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const open = new Set<number>();
  const found: number[][] = [];
  const way: { readonly node: number; readonly left: number[] }[] = [];
  const enter = (node: number): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    open.add(node);
    // The last one is taken first.
    way.push({ node, left: [...after[node]].sort((i, j) => i - j) });
  };
  const lower = (node: number, other: number): void => void low.set(node, Math.min(low.get(node)!, low.get(other)!));
  for (let root = after.length - 1; root >= 0; root--) {
    if (!index.has(root)) enter(root);
    while (way.length > 0) {
      const { node, left } = way.at(-1)!;
      const next = left.pop();
      if (next !== undefined) {
        if (!index.has(next)) enter(next);
        else if (open.has(next)) lower(node, next);
        continue;
      }
      way.pop();
      if (low.get(node) === index.get(node)) {
        const circle = stack.splice(stack.lastIndexOf(node));
        circle.forEach((one) => open.delete(one));
        found.push(circle);
      } else if (way.length > 0) lower(way.at(-1)!.node, node);
    }
  }
  return found.reverse();
}

/** Without what a later entry of the same policy replaces; `replaced` hears of it. */
export function withoutReplaced(entries: readonly Entry[], replaced: (entry: Entry) => void): Entry[] {
  const last = new Map<string, number>();
  entries.forEach((entry, n) => keysOf(entry).forEach((key) => last.set(key, n)));
  return entries.flatMap((entry, n) => {
    const keys = keysOf(entry);
    if (keys.length === 0) return [entry];
    const left = keys.flatMap((key, source) => (last.get(key) === n ? [source] : []));
    if (left.length < keys.length) replaced(entry);
    if (left.length === 0) return [];
    const { sources } = entry;
    return [sources === null ? entry : { ...entry, sources: [...new Set(left)].map((source) => sources[source]) }];
  });
}
