/** `lists` of a policy: named values, and groups of system calls. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Located, LocatedScalar } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { get, textOf } from '../read.ts';
import type { Findings } from './findings.ts';
import { KEYS } from './keys.ts';

export interface List {
  readonly type: string;
  readonly values: readonly LocatedScalar[];
  readonly pattern: Located | undefined;
  readonly span: Span;
}

const TYPES = {
  '': '',
  syscalls: 'syscalls',
  generated_syscalls: 'generated_syscalls',
  generated_ftrace: 'generated_ftrace',
};

/** @returns by name */
export function readLists(spec: Located | undefined, findings: Findings): ReadonlyMap<string, List> {
  const lists = new Map<string, List>();
  for (const node of findings.list(get(spec, 'lists'), 'lists')) {
    findings.keys(node, KEYS.list);
    const name = textOf(get(node, 'name'));
    if (name === undefined) {
      findings.missing(node, 'name');
      continue;
    }
    const type = findings.word(get(node, 'type'), 'type', TYPES) ?? '';
    const values = findings.texts(get(node, 'values'), 'values');
    lists.set(name, { type, values, pattern: get(node, 'pattern'), span: headOf(node) });
  }
  return lists;
}

const PREFIX = 'list:';

/** The name in `list:NAME`, undefined where the text is something else. */
export const listName = (text: string): string | undefined =>
  text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
