/** Comparisons of texts: paths, names, and what a system call's argument points to. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { ALWAYS, all, not, oneOf, quoted, quotedSet, test, type Condition } from '../condition.ts';
import type { Findings } from './findings.ts';
import { polarOf, type Operator } from './operators.ts';

/** Types of arguments that Tetragon compares as texts. */
export const TEXT_TYPES: readonly string[] =
  'string file path filename dentry linux_binprm data_loc char_buf kiocb fd sockaddr_un net_device'.split(' ');
/** Types whose comparisons never hold where there is no path, negated ones neither. */
const PATHS: readonly string[] = 'file path dentry linux_binprm kiocb fd'.split(' ');

const OPERATIONS: Readonly<Record<string, string>> = {
  Prefix: 'startswith',
  Postfix: 'endswith',
  SubString: 'contains',
  SubStringIgnCase: 'icontains',
};

/** A NUL at the end, as policies for old versions have it, is not part of the text. */
const trimmed = ({ text }: LocatedScalar): string => text.replace(/\0+$/, '');

/** @returns undefined where the operator compares no texts */
export function askText(
  field: string,
  operator: Operator,
  values: readonly LocatedScalar[],
  span: Span,
  typed = 'string',
): Condition | undefined {
  const { op, negated } = polarOf(operator);
  const texts = [...new Set(values.map(trimmed))];
  const operation = OPERATIONS[op];
  if (op !== 'Equal' && operation === undefined) return undefined;
  const condition = operation === undefined ? comparedTo(field, negated, texts, span) : matching();
  return negated && PATHS.includes(typed) ? all([test(`exists(${field})`, span), condition]) : condition;

  function matching(): Condition {
    const pattern = texts.length === 1 ? quoted(texts[0]) : quotedSet(texts);
    return test(`${field} ${negated ? 'not ' : ''}${operation} ${pattern}`, span);
  }
}

/** A field equals one of the texts, or none of them. */
export function comparedTo(field: string, negated: boolean, texts: readonly string[], span: Span): Condition {
  if (!negated || texts.length === 0) return negated ? ALWAYS : oneOf(field, texts, span);
  return test(texts.length === 1 ? `${field} != ${quoted(texts[0])}` : `${field} not in ${quotedSet(texts)}`, span);
}

/** A list or a set of flags has one of the texts. */
export const hasOne = (field: string, texts: readonly string[], span: Span): Condition => {
  const distinct = [...new Set(texts)];
  const asked = distinct.length === 1 ? `has ${quoted(distinct[0])}` : `hasany ${quotedSet(distinct)}`;
  return test(`${field} ${asked}`, span);
};

const FILE_TYPES: Readonly<Record<string, string>> = {
  sock: 'socket',
  socket: 'socket',
  lnk: 'symlink',
  link: 'symlink',
  reg: 'regular',
  regular: 'regular',
  dir: 'folder',
  fifo: 'pipe',
  pipe: 'pipe',
};
const DEVICES: Readonly<Record<string, string>> = { blk: 'blk', block: 'blk', chr: 'chr', char: 'chr' };

/** @returns undefined where it cannot be decided, which is said */
export function askFileType(
  values: readonly LocatedScalar[],
  negated: boolean,
  span: Span,
  findings: Findings,
): Condition | undefined {
  const known: Readonly<Record<string, string>> = { ...FILE_TYPES, ...DEVICES };
  const types = values.map((value) => findings.word(value, 'values', known));
  if (types.includes(undefined)) return undefined;
  const [block, char] = [types.includes('blk'), types.includes('chr')];
  if (block !== char) {
    const device = values.find(({ text }) => text in DEVICES)!;
    const help = 'name both `blk` and `chr`: our events have one type `device`';
    findings.refuse(device.span, 'block and character devices are not told apart', help);
    return undefined;
  }
  const flags = types.map((type) => (type === 'blk' || type === 'chr' ? 'device' : type!));
  const condition = hasOne('file.type', flags, span);
  return negated ? not(condition) : condition;
}
