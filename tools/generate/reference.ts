/** Pages of the reference that follow from the specification of events and verdicts. */
import {
  ACTIONS,
  EFFECTS,
  ERRNOS,
  ERRORS,
  FIELD_ALIASES,
  FIELDS,
  type FieldSpec,
  KIND_CLASSES,
  KINDS,
  RECORD,
  RECORD_FLAGS,
  SLOT,
  VERDICT,
  VERDICT_FLAGS,
} from '../../vm/spec/index.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';

const codes = (names: readonly string[]): string => names.map(code).join(' ');

const kinds = (): Target =>
  page(
    'docs/reference/kinds.md',
    'Kinds of events',
    'What `on` and `defaults` of a policy name. Numbers are those of binary records.',
    '',
    ...table(
      ['number', 'kind', 'operation', 'object fields', 'can be denied'],
      KINDS.map((k) => [k.id, code(k.name), k.doc, codes(k.objects), k.deniable ? 'yes' : 'no']),
    ),
    '',
    '## Classes',
    '',
    'A class stands for all of its kinds.',
    '',
    ...table(
      ['class', 'kinds'],
      Object.entries(KIND_CLASSES).map(([name, members]) => [code(name), codes(members)]),
    ),
  );

const GROUPS: Readonly<Record<string, string>> = {
  proc: 'For `exec`, the program that is about to run; for every other kind, the acting process.',
  file: 'The object of the `file.*` kinds.',
  net: 'The object of the `net.*` kinds.',
  syscall: 'The object of the kind `syscall`.',
  cap: 'The object of the kind `cap`.',
  container: 'Absent for processes outside containers.',
  k8s: 'Absent for processes outside pods.',
  host: 'The machine, and the class of the workload.',
  event: 'The question itself.',
};

const notes = ({ kinds: only, values, cut, derived, doc }: FieldSpec): string =>
  [
    doc,
    derived && `else derived from ${derived}`,
    only && `only of ${codes(only)}`,
    cut && 'may be cut, and is then named in `event.truncated`',
    values && `one of ${codes(values)}`,
  ]
    .filter(Boolean)
    .join('; ');

const fields = (): Target =>
  page(
    'docs/reference/fields.md',
    'Fields',
    'What expressions read. A field that an event does not have is absent: every comparison with it is false.',
    'Facts of the subject (the process) and of the workload are given once and joined; everything else comes with the event.',
    ...Object.entries(GROUPS).flatMap(([group, doc]) => [
      '',
      `## ${group}`,
      '',
      doc,
      '',
      ...table(
        ['field', 'type', 'fact of', 'bytes at most', 'number', 'meaning'],
        FIELDS.filter((f) => f.name.startsWith(`${group}.`)).map((f) => [
          code(f.name),
          f.type,
          f.of,
          f.max,
          f.id,
          notes(f),
        ]),
      ),
    ]),
    '',
    '## Other names',
    '',
    ...table(
      ['name', 'is'],
      Object.entries(FIELD_ALIASES).map(([alias, name]) => [code(alias), code(name)]),
    ),
  );

const offsets = (layout: Readonly<Record<string, number>>, sizes: readonly string[]): string[] =>
  table(
    ['offset', 'name'],
    Object.entries(layout)
      .filter(([name]) => !sizes.includes(name))
      .map(([name, offset]) => [offset, code(name)]),
  );

const bits = (flags: Readonly<Record<string, number>>): string[] =>
  table(
    ['bit', 'flag'],
    Object.entries(flags).map(([name, bit]) => [`0x${bit.toString(16)}`, code(name)]),
  );

const verdict = (): Target =>
  page(
    'docs/reference/verdict.md',
    'Records and verdicts in bytes',
    'Little-endian. For embedders of the virtual machine; everybody else reads JSON.',
    '',
    `## Verdict: ${VERDICT.size} bytes`,
    '',
    ...offsets(VERDICT, ['size']),
    '',
    'Flags of a verdict:',
    '',
    ...bits(VERDICT_FLAGS),
    '',
    '## Actions',
    '',
    'A larger number is stricter. `audit` lets the operation pass.',
    '',
    ...table(
      ['number', 'action', 'effect'],
      ACTIONS.map((action, rank) => [rank, code(action), code(EFFECTS.find((e) => e === action) ?? 'allow')]),
    ),
    '',
    '## Errno',
    '',
    'Names that `errno` of a rule takes.',
    '',
    ...table(
      ['name', 'number'],
      Object.entries(ERRNOS).map(([name, number]) => [code(name), number]),
    ),
    '',
    `## Event record: a header of ${RECORD.header} bytes, then slots of ${RECORD.slot}`,
    '',
    ...offsets(RECORD, ['header', 'slot']),
    '',
    'A slot:',
    '',
    ...offsets(SLOT, []),
    '',
    'Flags of a record:',
    '',
    ...bits(RECORD_FLAGS),
  );

const errors = (): Target =>
  page(
    'docs/reference/errors.md',
    'Statuses of the virtual machine',
    'What functions of the raw interface return; a negative number is an error.',
    '',
    ...table(
      ['status', 'name', 'meaning'],
      Object.entries(ERRORS).map(([name, e]) => [e.code, code(name), e.doc]),
    ),
  );

/** @returns pages of kinds, fields, verdicts and statuses */
export const reference = (): Target[] => [kinds(), fields(), verdict(), errors()];
