/**
 * Policies in an order in which our first match is KubeArmor's lookup. A policy stays whole unless entries of another have
 * to stand between its own: of those that do so in a circle, each becomes one policy a stage.
 */
import { canMeet, type Selection } from './selection.ts';
import { compareRanks, interfere, isPlain, isSaidMoreOf, keysOf, rankOf, type Rank } from './lookup.ts';
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
export const withAlone = <P extends Ordered>(policies: readonly P[]): P[] =>
  policies.map((policy) => {
    if (policy.entries.every((entry) => isPlain(entry) || entry.action !== 'Block')) return policy;
    const near = policies.filter(({ selection }) => canMeet(policy.selection, selection));
    const entries = policy.entries.map((entry) =>
      entry.action === 'Block' &&
      !isPlain(entry) &&
      !near.some((other) => other.allowing.has(entry.subject) || isSaidMoreOf(entry, other.entries))
        ? { ...entry, alone: true }
        : entry,
    );
    return { ...policy, entries };
  });

/** @param policies in document order */
export function ordered<P extends Ordered>(policies: readonly P[]): Part<P>[] {
  const after = policies.map((): Set<number> => new Set());
  for (const [i, a] of policies.entries()) {
    for (let j = i + 1; j < policies.length; j++) {
      const { first, second } = between(a, policies[j]);
      if (first) after[i].add(j);
      if (second) after[j].add(i);
    }
  }
  const bound = new Set(after.flatMap((others, i) => (others.size > 0 ? [i, ...others] : [])));
  return circles(after).flatMap((circle): Part<P>[] => {
    if (circle.length > 1) return inParts(circle.sort((i, j) => i - j).map((i) => policies[i]));
    const policy = policies[circle[0]];
    return [{ policy, entries: inOrder(policy.entries), rank: null, bound: bound.has(circle[0]) }];
  });
}

/** Whether something of the first must stand before something of the second, and the other way round. */
function between(a: Ordered, b: Ordered): { first: boolean; second: boolean } {
  const found = { first: false, second: false };
  if (!canMeet(a.selection, b.selection)) return found;
  for (const one of a.entries) {
    for (const other of b.entries) {
      if (!interfere(one, other)) continue;
      // Of the same key, what is read last counts: it comes first.
      if (compareRanks(rankOf(one), rankOf(other)) < 0) found.first = true;
      else found.second = true;
    }
  }
  return found;
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
 * Strongly connected components in topological order (Tarjan, "Depth-first search and linear graph algorithms", 1972).
 * @param after by node: those that come after it
 */
function circles(after: readonly ReadonlySet<number>[]): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const open = new Set<number>();
  const found: number[][] = [];
  const visit = (node: number): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    open.add(node);
    for (const next of [...after[node]].sort((i, j) => j - i)) {
      if (!index.has(next)) visit(next);
      if (open.has(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    circle.forEach((one) => open.delete(one));
    found.push(circle);
  };
  for (let node = after.length - 1; node >= 0; node--) if (!index.has(node)) visit(node);
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
