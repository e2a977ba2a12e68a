/** Small changes of a source file that its tests should notice, found in its syntax tree. */
import ts from 'typescript';

export interface Mutant {
  /** Path below the project's root. */
  readonly path: string;
  readonly line: number;
  /** The function or constant that it is in: stays when lines move. */
  readonly within: string;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

const K = ts.SyntaxKind;

/** Operators and what takes their place. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [K.LessThanToken, ['<=', '>']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsToken, ['!=']],
  [K.ExclamationEqualsToken, ['==']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['+']],
  [K.AmpersandToken, ['|']],
  [K.BarToken, ['&']],
  [K.CaretToken, ['|']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.LessThanLessThanToken, ['>>']],
  [K.GreaterThanGreaterThanToken, ['<<']],
  [K.GreaterThanGreaterThanGreaterThanToken, ['<<']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
  [K.BarEqualsToken, ['&=']],
  [K.PlusPlusToken, ['--']],
]);

/** Names from the specification: offsets, sizes and codes. */
const isSpecified = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) &&
  ts.isIdentifier(node.expression) &&
  /^S$|^[A-Z][A-Z_]+$/.test(node.expression.text);

/** Whether a number is an offset, a constant or a count, not a part of a type or a name. */
const isValue = (node: ts.Node): boolean => !ts.isLiteralTypeNode(node.parent) && !isInitialState(node);

const inAllocation = (node: ts.Node, source: ts.SourceFile): boolean =>
  ts.findAncestor(
    node,
    (at) => ts.isCallExpression(at) && /^(heap\.alloc|zeroed|memory\.data)$/.test(at.expression.getText(source)),
  ) !== undefined;

/** A first value of a module's state, which every batch sets before it reads it. */
const isInitialState = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node.parent) &&
  ts.isSourceFile(node.parent.parent.parent.parent) &&
  (node.parent.parent.flags & ts.NodeFlags.Let) !== 0;

function replacements(node: ts.Node, source: ts.SourceFile): [ts.Node, string][] {
  const text = node.getText(source);
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken;
    return (OPERATORS.get(operator.kind) ?? []).map((after) => [operator, after]);
  }
  if (ts.isPostfixUnaryExpression(node)) return [[node, text.endsWith('++') ? text.replace('++', '--') : text]];
  if (ts.isPrefixUnaryExpression(node) && (node.operator === K.ExclamationToken || node.operator === K.TildeToken))
    return [[node, node.operand.getText(source)]];
  if (ts.isNumericLiteral(node) && isValue(node)) {
    const value = Number(text);
    // More memory than is needed changes nothing: take less.
    const step = inAllocation(node, source) && value > 0 ? -1 : 1;
    return Number.isSafeInteger(value) ? [[node, String(value + step)]] : [];
  }
  if (node.kind === K.TrueKeyword && isValue(node)) return [[node, 'false']];
  if (node.kind === K.FalseKeyword && isValue(node)) return [[node, 'true']];
  if (isSpecified(node) && /^S\.(?!ERROR_)/.test(text)) return [[node, `(${text} + 1)`]];
  if (ts.isIfStatement(node)) return [[node.expression, `!(${node.expression.getText(source)})`]];
  if (ts.isConditionalExpression(node)) {
    const { condition, whenTrue, whenFalse } = node;
    return [[node, `${condition.getText(source)} ? ${whenFalse.getText(source)} : ${whenTrue.getText(source)}`]];
  }
  const dropped = ts.isExpressionStatement(node) || ts.isContinueStatement(node) || ts.isBreakStatement(node);
  return dropped ? [[node, ';']] : [];
}

/** Code whose change no test can see: diagnostics for people, impossible cases, and counting for its own sake. */
const isBeside = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isThrowStatement(node) ||
  (ts.isExpressionStatement(node) && /^(count|countBytes)\(/.test(node.expression.getText()));

/** The function, method or constant at the top of a file that a node is in. */
function nameAround(node: ts.Node): string {
  let name = '';
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isFunctionDeclaration(at) && !ts.isMethodDeclaration(at) && !ts.isVariableDeclaration(at)) continue;
    const list = at.parent;
    const outer = ts.isVariableDeclarationList(list) ? list.parent.parent : list;
    if (ts.isSourceFile(outer) || ts.isClassDeclaration(outer)) name = at.name?.getText() ?? '';
  }
  return name;
}

/** All mutants of one file. */
export function mutantsOf(path: string, text: string): Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isBeside(node)) return;
    for (const [of, after] of replacements(node, source)) {
      const [start, end] = [of.getStart(source), of.getEnd()];
      const before = text.slice(start, end);
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      if (before !== after) found.push({ path, line, within: nameAround(node), start, end, before, after });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

export const apply = (text: string, { start, end, after }: Mutant): string =>
  text.slice(0, start) + after + text.slice(end);

const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};
/** The change, by a name that stays when lines move. */
export const nameOf = ({ path, within, before, after }: Mutant): string =>
  `${path}, ${within}: \`${short(before)}\` -> \`${after === ';' ? '(dropped)' : short(after)}\``;
/** One line for people: the change and its line. */
export const describe = (mutant: Mutant): string => `${nameOf(mutant)} (line ${mutant.line})`;
