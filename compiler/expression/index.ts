export type * from './ast.ts';
export { hasComment } from './lexer.ts';
export { parseExpression } from './parser.ts';
export { printExpression } from './printer.ts';
export { isKeyword, isName } from './token.ts';
