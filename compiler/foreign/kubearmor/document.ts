/** Documents of KubeArmor read by their shapes: its keys, its habits (null is absent), and findings in the words of L50xx. */
import { diagnose, nearest, type DiagnosticCode } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { shorten, type Located, type LocatedScalar } from '../../document/located.ts';
import { headOf, read, type Report } from '../../schema/read.ts';
import type { ObjectShape, Read, Shape } from '../../schema/shape.ts';
import { isEmpty } from '../read.ts';

/**
 * @param shape of the document or of a part
 * @returns undefined where it is no map
 */
export function readDocument<S extends ObjectShape>(shape: S, root: Located, report: Report): Read<S> | undefined {
  return read(shape, prepared(shape, root, [], report), headOf(root), (finding) => report(inOurWords(finding)));
}

/** @returns a report that passes findings on, and whether one of them was an error */
export function watched(report: Report): { readonly report: Report; readonly failed: () => boolean } {
  let failed = false;
  return {
    report: (finding) => {
      failed ||= finding.severity === 'error';
      report(finding);
    },
    failed: () => failed,
  };
}

/** Codes of our documents to those of foreign ones. Unknown keys do not get there. */
const CODES: Readonly<Record<string, DiagnosticCode>> = { L1105: 'L5005' };

const inOurWords = ({ code, message, span, help }: Diagnostic): Diagnostic =>
  diagnose(CODES[code] ?? 'L5004', message, span, help);

/** Without keys that are null, and without unknown ones, which are reported. */
function prepared(shape: Shape, node: Located, path: readonly string[], report: Report): Located {
  if (shape.is === 'list' && node.is === 'list') {
    return { ...node, items: node.items.map((item) => prepared(shape.of, item, path, report)) };
  }
  if (shape.is !== 'object' || node.is !== 'map') return node;
  const entries = node.entries.flatMap(({ key, value }) => {
    if (!Object.hasOwn(shape.fields, key.text)) {
      report(unknownKey(key, Object.keys(shape.fields), path));
      return [];
    }
    if (isEmpty(value)) return [];
    return [{ key, value: prepared(shape.fields[key.text].shape, value, [...path, key.text], report) }];
  });
  return { ...node, entries };
}

/** Where keys stand that are often written at another place. */
const PLACES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['selector', 'nodeSelector', 'process', 'file', 'network', 'capabilities', 'syscalls', 'presets', 'action'].map(
      (key) => [key, '`spec`'],
    ),
  ),
  ...Object.fromEntries(['severity', 'tags', 'message'].map((key) => [key, '`spec`, a section or an entry of it'])),
  ...Object.fromEntries(
    ['matchPaths', 'matchDirectories', 'matchPatterns'].map((key) => [key, '`process` or `file` under `spec`']),
  ),
  matchProtocols: '`network` under `spec`',
  matchLabels: '`selector` under `spec`',
  namespace: '`metadata`',
  name: '`metadata`',
};

function unknownKey(key: LocatedScalar, names: readonly string[], path: readonly string[]): Diagnostic {
  const text = shorten(key.text);
  if (path.at(-1) === 'fromSource' && key.text === 'matchLabels') {
    const message = '`fromSource` names programs: KubeArmor knows no workload as a source';
    const help = 'name the program that acts (`- path: /usr/bin/curl`); who may connect says a NetworkPolicy';
    return diagnose('L5101', message, key.span, help);
  }
  if (key.text === 'match') {
    const help = 'sections stand directly under `spec`: `process: {matchPaths: [{path: /bin/bash}]}`';
    return diagnose('L5101', 'KubeArmor has no `match`', key.span, help);
  }
  const near = nearest(key.text, names);
  const place = Object.hasOwn(PLACES, key.text) ? PLACES[key.text] : undefined;
  const help =
    place !== undefined
      ? `it belongs under ${place}${path.length === 0 ? ': the text seems to have lost its indentation' : ''}`
      : near !== null
        ? `did you mean \`${near}\`?`
        : `keys here are ${names.map((name) => `\`${name}\``).join(', ')}`;
  return diagnose('L5002', `unknown key \`${text}\``, key.span, help);
}
