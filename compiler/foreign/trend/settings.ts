/** Values of the chart that installs the product, as far as they change what rulesets mean or what is recorded. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import { toBytes } from '../../expression/bytes.ts';
import { searchError } from '../../pattern/index.ts';
import type { Report } from '../../schema/read.ts';
import { globOf } from '../condition.ts';
import { recordedIn } from '../falco/fields.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import { at, type Plain } from '../tree.ts';

/** A word of a shell. */
const quotedWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

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

/** What the chart hides in records is said with the flags that do so here: a bundle does not say what is written of events. */
export function judgeRedaction(settings: readonly LocatedMap[], report: Report): void {
  for (const root of settings) {
    const patterns = get(get(get(get(root, 'scout'), 'falco'), 'sanitizer_output'), 'patterns');
    if (!isMap(patterns)) continue;
    for (const { key, value } of patterns.entries) {
      const fields = recordedIn(key.text);
      if (fields.length === 0) {
        const message = `records have no text of \`${key.text}\`, so that nothing of it needs to be hidden`;
        report(diagnose('L5505', message, key.span));
        continue;
      }
      const pattern = isScalar(value) ? value.text : '';
      const error = searchError(toBytes(pattern));
      const flags = fields.map((field) => `--redact ${quotedWord(`${field}=${pattern}`)}`).join(' ');
      const message = `a bundle does not hide what \`${key.text}\` shows: commands that write records do`;
      report(
        diagnose(
          'L5505',
          message,
          key.span,
          error === null ? flags : `--redact ${fields[0]}=REGEX, with another expression: ${error}`,
        ),
      );
    }
  }
}
