/** The canonical text of a syntax tree. Reading it again gives the same tree. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { ExprNode, FieldNode, IntegerNode, OperandNode, SetNode, StringNode, TestNode } from './ast.ts';
import { toText } from './bytes.ts';

/** What may stand without parentheses: a larger one binds tighter. */
const BINDING: Readonly<Record<ExprNode['kind'], number>> = {
  or: 1,
  and: 2,
  not: 3,
  name: 4,
  exists: 4,
  any: 4,
  test: 4,
  error: 4,
};

/**
 * Prints on one line, with single spaces and only the parentheses that are needed. Comments are not in the tree.
 * @param node without nodes of kind `error`
 */
export function printExpression(node: ExprNode): string {
  switch (node.kind) {
    case 'or':
      return node.args.map((arg) => printInside(arg, BINDING.and)).join(' or ');
    case 'and':
      return node.args.map((arg) => printInside(arg, BINDING.not)).join(' and ');
    case 'not':
      return `not ${printInside(node.arg, BINDING.not)}`;
    case 'name':
      return node.name;
    case 'exists':
      return `exists(${printField(node.field)})`;
    case 'any':
      return `any(${printField(node.field)}, ${printTest(node.test)})`;
    case 'test':
      return node.test ? `${printOperand(node.left)} ${printTest(node.test)}` : printOperand(node.left);
    case 'error':
      throw new Error('BUG: a tree with errors has no text');
  }
}

function printInside(node: ExprNode, binding: number): string {
  const text = printExpression(node);
  return BINDING[node.kind] < binding ? `(${text})` : text;
}

function printTest(test: TestNode): string {
  const not = test.kind !== 'compare' && test.negated ? 'not ' : '';
  switch (test.kind) {
    case 'compare':
      return `${test.cmp} ${printOperand(test.right)}`;
    case 'in':
      return `${not}in ${printRight(test.right)}`;
    case 'string':
      return `${not}${test.fold ? 'i' : ''}${test.op} ${printRight(test.right)}`;
    case 'has':
      return `${not}${test.op} ${printRight(test.right)}`;
  }
}

function printRight(node: OperandNode | SetNode): string {
  if (node.kind === 'members') return `(${node.members.map(printOperand).join(', ')})`;
  return node.kind === 'list' ? node.name : printOperand(node);
}

function printOperand(node: OperandNode): string {
  switch (node.kind) {
    case 'field':
      return printField(node);
    case 'text':
      return printString(node);
    case 'integer':
      return printInteger(node);
    case 'boolean':
      return String(node.value);
    case 'parameter':
      return `$${node.name}`;
  }
}

function printField({ name, index, mask }: FieldNode): string {
  const at = index === null ? '' : `[${index.kind === 'text' ? printString(index) : printInteger(index)}]`;
  return `${name}${at}${mask === null ? '' : ` & ${printInteger(mask)}`}`;
}

function printInteger({ value, base }: IntegerNode): string {
  const prefix = base === 16 ? '0x' : base === 8 ? '0o' : '';
  return prefix + value.toString(base);
}

function printString({ value, raw }: StringNode): string {
  return raw ? `r"${toText(value) ?? ''}"` : `"${escapeBytes(value)}"`;
}

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t', '\r': '\\r' };
const hex = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Text where the bytes are text, `\xHH` where they are not or could not be seen. */
function escapeBytes(bytes: Bytes): string {
  const text = toText(bytes);
  const escaped = (text ?? bytes).replace(/[\\"\n\t\r]/g, (char) => NAMED[char]);
  return text === null ? escaped.replace(/[^ -~]/g, hex) : escaped.replace(/[\x00-\x1f\x7f]/g, hex);
}
