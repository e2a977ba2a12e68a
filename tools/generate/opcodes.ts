/** The reference of the program that the virtual machine runs: operations and layouts. */
import { CLASSIFIER_FORMS, OPERAND_KINDS, PROGRAM, STEP_OPS, TEST_OPS } from '../../vm/spec/index.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';

interface Operation {
  readonly code: number;
  readonly doc: string;
}

const operations = (of: Readonly<Record<string, Operation>>): string[] =>
  table(
    ['code', 'name', 'meaning'],
    Object.entries(of).map(([name, op]) => [op.code, code(name), op.doc]),
  );

/** @returns `docs/reference/opcodes.md` */
export const opcodes = (): Target =>
  page(
    'docs/reference/opcodes.md',
    'The program',
    `What the compiler emits and the virtual machine verifies and runs in place: version ${PROGRAM.version}.`,
    'Layouts are drawn in `vm/spec/program.ts`; `lictor inspect --asm` prints the listing of a bundle.',
    '',
    '## Classifiers',
    '',
    'A classifier turns the value of an operand into the set of its classes.',
    '',
    ...operations(CLASSIFIER_FORMS),
    '',
    '## Steps',
    '',
    'An event of a kind runs the steps of its kind, in order. A step finds candidates; the smallest entry that passes decides.',
    '',
    ...table(
      ['code', 'name', 'operands', 'meaning'],
      Object.entries(STEP_OPS).map(([name, op]) => [op.code, code(name), code(op.operands), op.doc]),
    ),
    '',
    '## Tests',
    '',
    'What is left of a condition is checked for each candidate by tests, which jump forward only.',
    '',
    ...table(
      ['code', 'name', 'sub', 'right', 'holds when'],
      Object.entries(TEST_OPS).map(([name, op]) => [op.code, code(name), op.sub, op.right, op.doc]),
    ),
    '',
    '## Operands',
    '',
    ...operations(OPERAND_KINDS),
  );
