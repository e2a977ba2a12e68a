/** Conditions of the normal form as lists of simple tests, where they are no more than that. */
import { toText } from '../../expression/bytes.ts';
import type { Constant, Expr, Operand } from '../../../vm/bundle/normal.ts';
import { FIELDS } from '../../../vm/spec/fields.ts';

const NAMES = new Map(FIELDS.map(({ id, name }) => [id, name]));

/** Name of the field that an operand is; null: it is none, or an element or bits of one. */
export function fieldOf(operand: Operand): string | null {
  if (operand.is !== 'field') return null;
  const { field, index, key, mask } = operand;
  return index === undefined && key === undefined && mask === undefined ? (NAMES.get(field) ?? null) : null;
}

/** The parts of a chain of `and`. */
export const conjuncts = (expr: Expr): readonly Expr[] => (expr.op === 'and' ? expr.args.flatMap(conjuncts) : [expr]);
/** The parts of a chain of `or`. */
export const disjuncts = (expr: Expr): readonly Expr[] => (expr.op === 'or' ? expr.args.flatMap(disjuncts) : [expr]);

/** A field and the constants, one of which it equals. */
export interface Equality {
  readonly field: string;
  readonly constants: readonly Constant[];
}

/** @returns null where the expression is something else than `field = constant` or `field in (constants)` */
export function equality(expr: Expr): Equality | null {
  if (expr.op === 'in') {
    const field = fieldOf(expr.left);
    return field === null ? null : { field, constants: expr.set };
  }
  if (expr.op !== 'compare' || expr.cmp !== '=') return null;
  const field = fieldOf(expr.left);
  const { right } = expr;
  return field === null || right.is === 'field' || right.is === 'element' ? null : { field, constants: [right] };
}

/** What a string field is compared with. */
export interface TextTest {
  readonly field: string;
  readonly op: '=' | 'within' | 'glob' | 'endswith';
  readonly text: string;
}

/** @returns tests of which one must hold; null where the expression is something else, or a text is not UTF-8 */
export function textTests(expr: Expr): readonly TextTest[] | null {
  const found = disjuncts(expr).map(texts);
  return found.includes(null) ? null : found.flatMap((tests) => tests ?? []);
}

function texts(expr: Expr): readonly TextTest[] | null {
  const equal = equality(expr);
  if (equal !== null) return each(equal.field, '=', equal.constants);
  if (expr.op === 'glob') {
    return expr.fold ? null : each(fieldOf(expr.left), 'glob', [{ is: 'string', value: expr.pattern }]);
  }
  if (expr.op !== 'within' && (expr.op !== 'endswith' || expr.fold)) return null;
  const { left, right } = expr;
  return right.is === 'field' || right.is === 'element' ? null : each(fieldOf(left), expr.op, [right]);
}

function each(field: string | null, op: TextTest['op'], constants: readonly Constant[]): readonly TextTest[] | null {
  const found = constants.map((constant) => (constant.is === 'string' ? toText(constant.value) : null));
  if (field === null || found.includes(null)) return null;
  return found.flatMap((text) => (text === null ? [] : [{ field, op, text }]));
}

/** The text that a glob matches alone; null: it has wildcards. */
export function literalOf(glob: string): string | null {
  const bare = glob.replace(/\\(.)/gs, '');
  return /[?*[\]{}\\]/.test(bare) ? null : glob.replace(/\\(.)/gs, '$1');
}
