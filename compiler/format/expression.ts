/** The canonical text of an expression inside a document. */
import { hasComment, parseExpression, printExpression, type ExprNode } from '../expression/index.ts';

/** Characters of an expression that stand on one line. */
const WIDTH = 90;

/**
 * One line where it fits; else a line for each term of the outermost `and` or `or`. An expression with comments, or one that
 * cannot be read, stays as it is.
 *
 * @param oneLine where line breaks would only be in the way
 */
export function formatExpression(text: string, oneLine: boolean): string {
  const written = text.trim();
  if (hasComment(written)) return written;
  const { value: node, diagnostics } = parseExpression(written, (start, end) => ({ source: 0, start, end }));
  if (node === null || diagnostics.some(({ severity }) => severity === 'error')) return written;
  const line = printExpression(node);
  if (oneLine || line.length <= WIDTH || (node.kind !== 'and' && node.kind !== 'or')) return line;
  const { kind, args } = node;
  const binds = (arg: ExprNode): boolean => arg.kind !== 'or' || kind === 'or';
  return args.map((arg) => (binds(arg) ? printExpression(arg) : `(${printExpression(arg)})`)).join(`\n${kind} `);
}
