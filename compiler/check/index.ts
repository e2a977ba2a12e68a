export { checkExpression, checkMacro } from './expression.ts';
export type { Environment, ListDefinition, MacroDefinition, ParameterDefinition, Value } from './environment.ts';
