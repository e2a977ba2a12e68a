/** Tests of one field as what entries of KubeArmor look up. */
import type { Expr } from '../../../vm/bundle/normal.ts';
import { childrenOf, patternOf } from '../kubearmor/conditions.ts';
import type { Subject, Target } from '../kubearmor/entry.ts';
import { literalOf, textTests, type TextTest } from './expression.ts';

/** A target whose text has no place. */
export interface NamedTarget extends Pick<Target, 'is' | 'recursive'> {
  readonly text: string;
}

/** @returns what is looked up, of which one must be found; null where entries of this subject have no such test */
export function targetsOf(subject: Subject, expr: Expr): readonly NamedTarget[] | null {
  const tests = textTests(expr);
  if (tests === null || tests.length === 0) return null;
  if (subject === 'dns') return domainsOf(tests);
  const found = tests.map((test) => targetOf(subject, test));
  return found.includes(null) ? null : distinct(found.filter((target) => target !== null));
}

function distinct(targets: readonly NamedTarget[]): NamedTarget[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}

/** Fields whose values are names out of a list. */
const NAMED = {
  network: ['net.protocol', 'protocol'],
  capabilities: ['cap.name', 'capability'],
  syscalls: ['syscall.name', 'call'],
} as const;

function targetOf(subject: Exclude<Subject, 'dns'>, { field, op, text }: TextTest): NamedTarget | null {
  if (subject !== 'process' && subject !== 'file') {
    const [name, is] = NAMED[subject];
    return field === name && op === '=' ? { is, text } : null;
  }
  if (subject === 'process' && field === 'proc.name') {
    return op === '=' && isPath(`/${text}`) && !text.includes('/') ? { is: 'name', text } : null;
  }
  if (field !== (subject === 'process' ? 'proc.path' : 'file.path')) return null;
  switch (op) {
    case '=':
      return isPath(text) ? { is: 'path', text } : null;
    case 'within':
      return isDirectory(text) ? { is: 'directory', text, recursive: true } : null;
    case 'glob':
      return globbed(text, subject === 'file');
    default:
      return null;
  }
}

/** A path that `matchPaths` takes literally. */
export const isPath = (text: string): boolean => /^\/([^?*[\]{}]*[^/?*[\]{}])?$/s.test(text) && text !== '/';
const isDirectory = (text: string): boolean => text === '/' || isPath(text);

/** What stands directly in a directory, or a pattern. */
function globbed(glob: string, itself: boolean): NamedTarget | null {
  const directory = literalOf(glob.replace(/(\{,\/\*\}|\/\*)$/, '')) ?? '';
  const text = directory === '' ? '/' : directory;
  if (isDirectory(text) && childrenOf(text, itself) === glob) return { is: 'directory', text, recursive: false };
  const pattern = glob.replace(/\/\*\/\*\*(?=\/)/g, '/**');
  return /^[/*{[]/.test(pattern) && patternOf(pattern) === glob ? { is: 'pattern', text: pattern } : null;
}

/** A domain stands with everything below it: `= "a.b"` and `endswith ".a.b"`. */
function domainsOf(tests: readonly TextTest[]): readonly NamedTarget[] | null {
  if (tests.some(({ field }) => field !== 'net.domain')) return null;
  const textsOf = (op: TextTest['op']): string[] => tests.filter((test) => test.op === op).map(({ text }) => text);
  const domains = [...new Set(textsOf('='))];
  const below = new Set(textsOf('endswith'));
  const isWhole = tests.every(({ op }) => op === '=' || op === 'endswith');
  if (!isWhole || below.size !== domains.length || !domains.every((domain) => below.has(`.${domain}`))) return null;
  return domains.every((domain) => /^[^\s,.]+(\.[^\s,.]+)*$/.test(domain))
    ? domains.map((text) => ({ is: 'domain', text }))
    : null;
}
