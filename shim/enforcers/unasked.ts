/**
 * Opens that fanotify asks nobody about: of files of proc, where the kernel has no permission events because they could
 * deadlock (FS_DISALLOW_NOTIFY_PERM), and of devices, FIFOs and files in memory. A sensor shows them when they are made. It
 * looks at the end of every system call of the machine, so it is there only where some rule can be about such an object.
 */
import type { Expr, NormalForm, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import { fieldId, kindByName } from '../../vm/event/index.ts';

/** Kinds that fanotify asks about. */
export const OPENED: readonly string[] = ['file.read', 'file.write'];
/** Where files of proc and devices are. */
const FOLDERS = ['/proc/', '/dev/'];
const PATH = fieldId('file.path');
const DIR = fieldId('file.dir');
const KIND = fieldId('event.kind');
/** The first character of a glob that is not itself. */
const SPECIAL = /[*?[{\\]/;

/**
 * @param normal of the bundle
 * @param all plain allows are recorded too
 * @returns those of `OPENED` for which some rule or default may leave a record of an open below `FOLDERS`
 */
export const unaskedKinds = ({ policies }: NormalForm, all: boolean): readonly string[] =>
  OPENED.filter((name) => {
    const { id } = kindByName(name)!;
    const isAbout = ({ kinds, when, action }: NormalRule): boolean =>
      kinds.includes(id) && (all || (action !== 'allow' && mayHold(when, name)));
    return policies.some(
      ({ rules, defaults }) => (all ? id in defaults : (defaults[id] ?? 'allow') !== 'allow') || rules.some(isAbout),
    );
  });

/** Whether a condition may hold for some event of a kind with a path below `FOLDERS`; true where that cannot be told. */
const mayHold = (expr: Expr, kind: string): boolean => {
  switch (expr.op) {
    case 'and':
      return expr.args.every((arg) => mayHold(arg, kind));
    case 'or':
      return expr.args.some((arg) => mayHold(arg, kind));
    case 'compare':
      return expr.cmp !== '=' || mayBe(expr.left, [expr.right], kind);
    case 'in':
      return mayBe(expr.left, expr.set, kind);
    case 'startswith':
      return expr.right.is !== 'string' || mayBegin(expr.left, expr.right.value, expr.fold);
    case 'glob':
      return mayBegin(expr.left, expr.pattern.split(SPECIAL, 1)[0], expr.fold);
    case 'within':
      return expr.right.is !== 'string' || mayBegin(expr.left, `${expr.right.value.replace(/\/+$/, '')}/`, false);
    default:
      return true;
  }
};

const isPath = (left: Operand): boolean => left.is === 'field' && (left.field === PATH || left.field === DIR);

const mayBe = (left: Operand, values: readonly Operand[], kind: string): boolean => {
  const isKind = left.is === 'field' && left.field === KIND;
  if (!isKind && !isPath(left)) return true;
  return values.some((one) => {
    if (one.is !== 'string') return true;
    return isKind ? one.value === kind : FOLDERS.some((folder) => `${one.value}/`.startsWith(folder));
  });
};

const mayBegin = (left: Operand, prefix: string, fold: boolean): boolean => {
  const begin = fold ? prefix.toLowerCase() : prefix;
  return !isPath(left) || FOLDERS.some((folder) => begin.startsWith(folder) || folder.startsWith(begin));
};
