/** The plan as a graph in the DOT language: kinds, the classifiers that their steps ask, and the lists behind them. */
import type { Manifest } from '../bundle/manifest.ts';
import { entryName } from './names.ts';
import { ProgramReader } from './program.ts';

/** Candidates of a step that the drawing names; it says how many more there are. */
const NAMED = 8;

/** @returns a digraph */
export const dot = (program: Uint8Array, manifest: Manifest): string => {
  const reader = new ProgramReader(program);
  const entries = reader.entries;
  const lines = ['digraph plan {', '  rankdir=LR; node [shape=box, fontname="monospace"];'];
  reader.classifiers.forEach(({ form, operand, keys }, i) => {
    lines.push(`  c${i} [shape=ellipse, label=${label([`${form} ${operand}`, `${keys.size} keys`])}];`);
  });
  reader.kinds.forEach((kind, k) => {
    lines.push(`  k${k} [shape=box, style=rounded, label=${label([kind.name, `≤ ${kind.bound} steps`])}];`);
    kind.known.forEach(({ op, classifiers, lists }, s) => {
      const found = lists.flatMap((list) =>
        list.candidates.map((c) => `${list.keys.join(' + ') || 'always'} → ${entryName(entries[c.entry], manifest)}`),
      );
      const more = found.length > NAMED ? [`and ${found.length - NAMED} more`] : [];
      lines.push(`  k${k}s${s} [label=${label([op, ...found.slice(0, NAMED), ...more])}];`);
      if (classifiers.length === 0) lines.push(`  k${k} -> k${k}s${s};`);
      for (const c of classifiers) lines.push(`  k${k} -> c${c} -> k${k}s${s};`);
    });
  });
  return `${[...lines, '}'].join('\n')}\n`;
};

const label = (lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/["\\]/g, '\\$&')).join('\\l')}\\l"`;
