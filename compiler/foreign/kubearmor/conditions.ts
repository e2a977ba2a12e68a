/** What entries look up, as conditions on our events. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Text } from '../../schema/shape.ts';
import { all, ALWAYS, globOf, NEVER, quoted, regexOf, some, test, type Condition } from '../condition.ts';
import { piece, type Piece } from '../written.ts';
import { STRING_ARGUMENTS } from '../../../vm/spec/syscalls.ts';
import type { Entry, SourceProgram, Subject, Target } from './entry.ts';

/** The kinds of events that each subject is about: what KubeArmor's hooks of it see. */
export const KINDS: Readonly<Record<Subject, readonly string[]>> = {
  process: ['exec'],
  file: ['file.read', 'file.modify'],
  network: ['net.connect', 'net.send', 'net.bind', 'net.listen', 'net.accept'],
  dns: ['net.dns'],
  capabilities: ['cap'],
  syscalls: ['syscall'],
};

/** The field that says which program acts. Of a program that starts it is its parent's. */
export const SOURCE: Readonly<Record<Subject, string>> = {
  process: 'proc.ppath',
  file: 'proc.path',
  network: 'proc.path',
  dns: 'proc.path',
  capabilities: 'proc.path',
  syscalls: 'proc.path',
};

/** The field that says who owns what is looked up. */
export const OWNER: { readonly [subject in Subject]?: string } = {
  process: 'proc.file_owner_uid',
  file: 'file.owner_uid',
};
/** Its enforcer takes the real user id. */
export const USER = 'proc.uid';

/** The process's user owns what it starts or opens. */
export const isOwner = (subject: Subject): Condition => {
  const owner = OWNER[subject];
  return owner === undefined ? NEVER : test(`${USER} = ${owner}`);
};

/**
 * @param entries alike in all but what they look up (`alike`)
 * @returns where one of them holds
 */
export function heldBy(entries: readonly Entry[]): Condition {
  const [{ subject, sources, paths }] = entries;
  const targets = entries.map(({ target }) => target);
  return all([
    lookedUp(subject, targets),
    paths === null ? ALWAYS : calledOn(targets, paths),
    sourceIs(subject, sources),
  ]);
}

function lookedUp(subject: Subject, targets: readonly Target[]): Condition {
  const [{ is, recursive, text: first }] = targets;
  const texts = targets.map(({ text }) => text);
  const path = subject === 'process' ? 'proc.path' : 'file.path';
  switch (is) {
    case 'path':
      return equals(path, texts);
    case 'name':
      return equals('proc.name', texts);
    case 'directory':
      return recursive === true
        ? oneOf(path, 'within', texts)
        : oneOf(path, 'glob', texts, (dir) => childrenOf(dir, subject === 'file'));
    case 'pattern':
      return oneOf(path, 'glob', texts, patternOf);
    case 'protocol':
      return equals('net.protocol', texts);
    case 'every-protocol':
      return ALWAYS;
    case 'domain':
      return some([equals('net.domain', texts), oneOf('net.domain', 'endswith', texts, (domain) => `.${domain}`)]);
    case 'capability':
      return equals('cap.name', texts);
    case 'call':
      return equals('syscall.name', texts);
    case 'preset':
      return some([test('proc.memfd', first.span), test('proc.path within ("/dev/shm", "/run/shm")', first.span)]);
  }
}

/** For AppArmor two stars between slashes are one component at least; for us they may be none. */
export const patternOf = (pattern: string): string => pattern.replace(/\/\*\*(?=\/)/g, '/*/**');

/** What stands directly in a directory. KubeArmor's entry for it is one for the directory itself as well, which only files can be about. */
export const childrenOf = (directory: string, itself: boolean): string => {
  const glob = directory === '/' ? '' : globOf(directory);
  return itself && glob !== '' ? `${glob}{,/*}` : `${glob}/*`;
};

function sourceIs(subject: Subject, sources: readonly SourceProgram[] | null): Condition {
  if (sources === null) return ALWAYS;
  const field = SOURCE[subject];
  const like = (directory: SourceProgram['directory']): Text[] =>
    sources.filter((source) => source.directory === directory).map(({ path }) => path);
  return some([
    equals(field, like(undefined)),
    oneOf(field, 'within', like('recursive')),
    oneOf(field, 'glob', like('immediate'), (directory) => childrenOf(directory, false)),
  ]);
}

/** Which arguments of a system call are texts. */
export const argumentsOf = ({ text }: Target): readonly number[] =>
  Object.hasOwn(STRING_ARGUMENTS, text.value) ? STRING_ARGUMENTS[text.value] : [];

/** A system call is about the path that one of its arguments names. */
function calledOn(targets: readonly Target[], path: Target): Condition {
  const places = argumentsOf(targets[0]);
  return some(
    places.map((place) => {
      const field = `syscall.sarg${place}`;
      return path.is === 'directory' ? oneOf(field, 'within', [path.text]) : equals(field, [path.text]);
    }),
  );
}

/** All arguments after the program's name are of the list, and there is one. */
export const argumentsAre = (args: readonly Text[]): Condition =>
  test(
    `proc.cmdline matches ${quoted(`[^ ]*( (${args.map(({ value }) => regexOf(value)).join('|')}))+`)}`,
    args[0].span,
  );

const equals = (field: string, texts: readonly Text[]): Condition => oneOf(field, '=', texts);

/** `field op text`, with a set where there are several; without any: never. Each text keeps its place. */
function oneOf(field: string, op: '=' | 'within' | 'glob' | 'endswith', texts: readonly Text[], as = same): Condition {
  const distinct = [...new Map(texts.map(({ value, span }) => [as(value), span]))];
  if (distinct.length === 0) return some([]);
  const [[first, span]] = distinct;
  if (distinct.length === 1) return test(`${field} ${op} ${quoted(first)}`, span);
  const members = distinct.flatMap(([text, at], n): Piece[] => [...(n > 0 ? [piece(', ')] : []), inSet(text, at)]);
  return { is: 'test', pieces: [piece(`${field} ${op === '=' ? 'in' : op} (`, span), ...members, piece(')')] };
}

const inSet = (text: string, span: Span): Piece => piece(quoted(text), span);
const same = (text: string): string => text;
