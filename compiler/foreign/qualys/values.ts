/** Parameters of rules as conditions: programs and files with `*`, addresses, ports. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { parseAddress, parseNetwork } from '../../check/address.ts';
import type { Report } from '../../schema/read.ts';
import { ALWAYS, NEVER, globOf, quoted, quotedSet, some, test, type Condition } from '../condition.ts';

/** `*` is every text, the empty one included. */
export const isAny = (text: string | undefined): boolean => text === undefined || /^\*+$/.test(text);

/**
 * A string field against a text in which `*` stands for any text, `/` included: alone it is every program, so it cannot stop there.
 * @param texts spellings of one thing: where they have stars, at the same places
 */
export const matching = (field: string, texts: readonly string[], text: LocatedScalar): Condition =>
  matched((rest) => `${field} ${rest}`, texts, text);

/** One element of a list, in the same way. */
export const anyMatching = (list: string, text: LocatedScalar): Condition =>
  matched((rest) => `any(${list}, ${rest})`, [text.text], text);

/** @param say the test of an operator and its right side */
function matched(say: (rest: string) => string, texts: readonly string[], { span }: LocatedScalar): Condition {
  if (texts.some(isAny)) return ALWAYS;
  const asks = (op: string, parts: readonly string[]): Condition =>
    test(say(`${op} ${parts.length === 1 ? quoted(parts[0]) : quotedSet(parts)}`), span);
  const [, before, inner, after] = /^(\**)(.*?)(\**)$/s.exec(texts[0])!;
  if (inner.includes('*')) return asks('glob', texts.map(globFor));
  const cores = texts.map((text) => text.replace(/^\*+|\*+$/g, ''));
  if (before !== '' && after !== '') return asks('contains', cores);
  if (after !== '') return asks('startswith', cores);
  if (before !== '') return asks('endswith', cores);
  return asks(texts.length === 1 ? '=' : 'in', texts);
}

/** A star before a `/` is some components: `**` and a slash would also stand for none. */
const globFor = (text: string): string =>
  text
    .split(/(\*+\/?)/)
    .map((part) => (!part.startsWith('*') ? globOf(part) : part.endsWith('/') ? '*/**/' : '**'))
    .join('');

/** Directories that are links in most images: their old names, and where they lead. */
const LINKS: readonly (readonly [string, string])[] = [
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].map((name) => [`/${name}/`, `/usr/${name}/`] as const),
  ['/var/run/', '/run/'],
  ['/var/lock/', '/run/lock/'],
];

/** A path as it is written and, through a directory that is a link in most images, as the kernel resolves it. */
export function spellings(path: string): readonly string[] {
  const link = LINKS.find(([from]) => path.startsWith(from));
  return link === undefined ? [path] : [path, link[1] + path.slice(link[0].length)];
}

/**
 * @param lenient the rule lets pass what is refused otherwise: only where a path leads counts, not how it was written
 * @returns a program by its path, or by how it was invoked
 */
export function programIs(field: string, text: LocatedScalar, lenient: boolean): Condition {
  const paths = spellings(text.text);
  const resolved = matching(field, paths, text);
  // How the caller of an exec was invoked is not known.
  if (lenient || field === 'proc.caller_path') return resolved;
  return resolved === ALWAYS ? ALWAYS : some([resolved, matching('proc.invoked', paths, text)]);
}

/** @returns never, and says why, where it is no address or network */
export function addressIs(field: string, text: LocatedScalar, report: Report): Condition {
  if (isAny(text.text)) return ALWAYS;
  if (parseAddress(text.text) !== null) return test(`${field} = ${quoted(text.text)}`, text.span);
  if (parseNetwork(text.text) !== null) return test(`${field} in (${quoted(text.text)})`, text.span);
  const help = text.text.includes('*') ? 'write the network: `10.0.0.0/8`' : 'an address, a network, or `*`';
  report(diagnose('L5004', `\`${text.text}\` is no address`, text.span, help));
  return NEVER;
}

/** @param text blank, `0` and `*` are every port */
export function portIs(field: string, text: LocatedScalar | undefined, report: Report): Condition {
  if (text === undefined || isAny(text.text) || text.text === '0') return ALWAYS;
  if (/^[1-9]\d{0,4}$/.test(text.text) && Number(text.text) < 65536) return test(`${field} = ${text.text}`, text.span);
  report(diagnose('L5004', `\`${text.text}\` is no port`, text.span, 'one port, or `*`'));
  return NEVER;
}
