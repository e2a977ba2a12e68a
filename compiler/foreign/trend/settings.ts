/** Values of the chart that installs the product, as far as they change what rulesets mean or what is recorded. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { globOf } from '../condition.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import { at, type Plain } from '../tree.ts';

/** @returns the part of a scope that takes namespaces out in which nothing is watched */
export function exceptFor(settings: readonly LocatedMap[]): Plain | undefined {
  const namespaces = settings
    .flatMap((root) => ['visionOne', 'cloudOne'].map((key) => get(get(root, key), 'exclusion')))
    .flatMap((exclusion) => itemsOf(get(exclusion, 'namespaces')))
    .filter(isScalar);
  return namespaces.length === 0
    ? undefined
    : { namespace: namespaces.map(({ text, span }) => at(span, globOf(text))) };
}

/** What the chart hides in records is said: records here are written whole. */
export function judgeRedaction(settings: readonly LocatedMap[], report: Report): void {
  for (const root of settings) {
    const patterns = get(get(get(get(root, 'scout'), 'falco'), 'sanitizer_output'), 'patterns');
    if (!isMap(patterns)) continue;
    for (const { key } of patterns.entries) {
      const message = `records are written whole: nothing of \`${key.text}\` is hidden in them`;
      report(diagnose('L5505', message, key.span, 'hide it where records are collected'));
    }
  }
}
