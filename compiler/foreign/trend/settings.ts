/** Values of the chart that installs the product, as far as they change what rulesets mean or what is recorded. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Located, LocatedMap } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { globOf } from '../condition.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import { at, type Plain } from '../tree.ts';
import { FIELDS } from '../../../vm/spec/fields.ts';

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

/** Fields of Falco that have another name here. */
const RENAMED: Readonly<Record<string, string>> = {
  'proc.exepath': 'proc.path',
  'proc.exe': 'proc.invoked',
  'fd.name': 'file.path',
  'fd.sip': 'net.remote_ip',
  'fd.cip': 'net.local_ip',
  'fd.rip': 'net.remote_ip',
  'fd.lip': 'net.local_ip',
  'user.name': 'proc.user',
};

/** Records are redacted by whoever writes them: what the chart says becomes a flag. */
export function judgeRedaction(settings: readonly LocatedMap[], report: Report): void {
  for (const root of settings) {
    const patterns = get(get(get(get(root, 'scout'), 'falco'), 'sanitizer_output'), 'patterns');
    if (!isMap(patterns)) continue;
    for (const { key, value } of patterns.entries) {
      const name = RENAMED[key.text] ?? key.text;
      const field = FIELDS.some((one) => one.name === name) ? name : null;
      const message = `what matches in \`${key.text}\` is hidden by the command that writes the records`;
      const help = field === null ? 'records here have no such field' : `say \`--redact '${field}=${textIn(value)}'\``;
      report(diagnose('L5505', message, key.span, help));
    }
  }
}

const textIn = (node: Located): string => (isScalar(node) ? node.text : '…');
