/** Counts of today against those that were kept. */

export interface Counts {
  readonly mean: number;
  readonly largest: number;
  /** Worst-case steps by kind. */
  readonly bounds: Readonly<Record<string, number>>;
}

/** @returns what has grown, and what is less than it was, in words */
export const growth = (kept: Counts | undefined, now: Counts): { grown: string[]; less: string[] } => {
  if (kept === undefined) return { grown: ['nothing is kept of it'], less: [] };
  const pairs: [what: string, before: number | undefined, after: number | undefined][] = [
    ['steps, mean', kept.mean, now.mean],
    ['steps, largest', kept.largest, now.largest],
    ...[...new Set([...Object.keys(kept.bounds), ...Object.keys(now.bounds)])].map(
      (kind): [string, number | undefined, number | undefined] => [
        `bound of ${kind}`,
        kept.bounds[kind],
        now.bounds[kind],
      ],
    ),
  ];
  const grown: string[] = [];
  const less: string[] = [];
  for (const [what, before, after] of pairs) {
    const line = `${what}: ${before ?? 'none'} before, ${after ?? 'none'} now`;
    // a kind that lost its bound is no gain: its rules are gone
    if (before === undefined || after === undefined || after > before) grown.push(line);
    else if (after < before) less.push(line);
  }
  return { grown, less };
};
