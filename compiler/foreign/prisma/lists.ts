/** Lists of processes, paths, addresses, ports and domains as conditions of ours. */
import { diagnose } from '../../diagnostics/index.ts';
import { parseAddress, parseNetwork } from '../../check/address.ts';
import type { LocatedMap, LocatedScalar } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { NEVER, all, globOf, oneOf, quoted, quotedSet, some, test, type Condition } from '../condition.ts';
import { given } from './reader.ts';

const spanOf = (texts: readonly LocatedScalar[]) => texts[0]?.span ?? null;

const members = (texts: readonly string[]): string => (texts.length === 1 ? quoted(texts[0]) : quotedSet(texts));

/** Programs by full path, or by name where there is no slash; `*` stands for any text. */
export function isProcess(texts: readonly LocatedScalar[]): Condition {
  const [plain, globs] = split(texts);
  const span = spanOf(texts);
  const isPath = (text: string): boolean => text.includes('/');
  return some([
    oneOf('proc.path', plain.filter(isPath), span),
    oneOf(
      'proc.name',
      plain.filter((text) => !isPath(text)),
      span,
    ),
    ...(['proc.path', 'proc.name'] as const).flatMap((field) => {
      const own = globs.filter((text) => isPath(text) === (field === 'proc.path'));
      return own.length === 0 ? [] : [test(`${field} glob ${members(own.map(globOfWildcards))}`, span)];
    }),
  ]);
}

/** Files, and folders with everything below; `*` stands for any text, and at the end of a path for what is below. */
export function isBelow(texts: readonly LocatedScalar[]): Condition {
  const cut = texts.map(({ text }) => text.replace(/\/\*+$/, '') || '/');
  const span = spanOf(texts);
  const plain = [...new Set(cut.filter((text) => !text.includes('*')))];
  const globs = [...new Set(cut.filter((text) => text.includes('*')))].map(globOfWildcards);
  return some([
    ...(plain.length === 0 ? [] : [test(`file.path within ${members(plain)}`, span)]),
    ...(globs.length === 0 ? [] : [test(`file.path glob ${members(globs)}`, span)]),
  ]);
}

/** Addresses and networks. */
export function isPeer(texts: readonly LocatedScalar[], report: Report): Condition {
  const sound = texts.filter(({ text, span }) => {
    const network = parseNetwork(text);
    if (parseAddress(text) !== null || network?.exact === true) return true;
    const help = network === null ? null : 'the bits behind the prefix must be zero';
    report(diagnose('L5004', `\`${text}\` is neither an address nor a network`, span, help));
    return false;
  });
  const names = [...new Set(sound.map(({ text }) => text))];
  if (names.length === 0) return NEVER;
  const [first] = names;
  const one = `${first.includes('/') ? 'within' : '='} ${quoted(first)}`;
  return test(`net.remote_ip ${names.length === 1 ? one : `in ${quotedSet(names)}`}`, spanOf(sound));
}

/** Names of domains; a leading `*.` stands for any number of labels, however often it is written. */
export function isDomain(texts: readonly LocatedScalar[]): Condition {
  const globs = [
    ...new Set(
      texts.map(({ text }) =>
        globOfWildcards(text.replace(/\.$/, '').replace(/^(?:\*\.)+/, '*.')).replaceAll('**', '*'),
      ),
    ),
  ];
  return globs.length === 0 ? some([]) : test(`net.domain iglob ${members(globs)}`, spanOf(texts));
}

/** Ports of ranges `{start, end}`; a range without an end is one port. */
export function isPort(field: string, ranges: readonly LocatedMap[], report: Report): Condition {
  const ports = new Set<number>();
  const pairs: Condition[] = [];
  for (const range of ranges) {
    const start = portAt(range, 'start', report);
    const end = portAt(range, 'end', report) || start;
    if (start === undefined || end === undefined) continue;
    if (end < start) report(diagnose('L5004', 'the range ends before it starts', range.span));
    else if (start === end) ports.add(start);
    else pairs.push(all([test(`${field} >= ${start}`, range.span), test(`${field} <= ${end}`, range.span)]));
  }
  const list = [...ports].join(', ');
  const single =
    ports.size === 0 ? [] : [test(ports.size === 1 ? `${field} = ${list}` : `${field} in (${list})`, ranges[0].span)];
  return some([...single, ...pairs]);
}

function portAt(range: LocatedMap, key: string, report: Report): number | undefined {
  const found = given(range, key);
  if (found === undefined) {
    if (key === 'start') report(diagnose('L5005', 'the key `start` is missing', range.span));
    return undefined;
  }
  const value = found.is === 'scalar' && typeof found.value === 'bigint' ? Number(found.value) : -1;
  if (value >= 0 && value <= 65_535) return value;
  const text = found.is === 'scalar' ? found.text : key;
  report(diagnose('L5004', `\`${text}\` is not a port`, found.span));
  return undefined;
}

const globOfWildcards = (text: string): string => text.split(/\*+/).map(globOf).join('**');

function split(texts: readonly LocatedScalar[]): [string[], string[]] {
  const all = [...new Set(texts.map(({ text }) => text))];
  return [all.filter((text) => !text.includes('*')), all.filter((text) => text.includes('*'))];
}
