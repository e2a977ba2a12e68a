/** Random typed expressions: every operator over every type of field that it accepts. */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS, KINDS, type FieldSpec } from '../../vm/spec/index.ts';
import { glob, regex, type Sketch } from './patterns.ts';
import type { Random } from './random.ts';
import { LABEL_KEYS, randomAddress, randomCidr, randomInt, randomString } from './values.ts';

/** What the expressions of one bundle have in common. */
export interface Focus {
  readonly kinds: readonly number[];
  readonly fields: readonly FieldSpec[];
  /** How a glob or expression was drawn: events draw from the same sketch. */
  readonly sketches: WeakMap<Expr, Sketch>;
  /** Share of tests that stand on exact strings, as rule sets of people do. */
  readonly plain: number;
}

const GROUPS = new Set(['proc', 'container', 'k8s', 'host', 'event']);
const group = (name: string): string => name.slice(0, name.indexOf('.'));

/** Whether an event of that kind carries the field. */
export const carries = (kind: number, field: FieldSpec): boolean => {
  const spec = KINDS.find((k) => k.id === kind);
  if (spec === undefined) throw new Error(`BUG: no kind ${kind}`);
  if (field.kinds !== undefined) return field.kinds.includes(spec.name);
  return GROUPS.has(group(field.name)) || spec.objects.includes(group(field.name));
};

/** A few kinds and a few of their fields: rules that share fields interact. */
export function randomFocus(r: Random): Focus {
  const kinds = r.some(
    KINDS.map((k) => k.id),
    r.pick([0.05, 0.1, 0.3, 1]),
  );
  const usable = FIELDS.filter((f) => kinds.some((k) => carries(k, f)));
  const fields = r.some(usable, r.pick([0.03, 0.08, 0.2, 1]));
  if (r.chance(0.02)) fields.push(r.pick(FIELDS));
  return { kinds, fields, sketches: new WeakMap(), plain: r.pick([0, 0, 0.5, 0.9]) };
}

const text = (value: Bytes): Constant => ({ is: 'string', value });
const int = (value: bigint): Constant => ({ is: 'int', value: String(value) });
const either = (args: readonly Expr[]): Expr => (args.length === 1 ? args[0] : { op: 'or', args });
const maybeNot = (r: Random, expr: Expr, chance = 0.15): Expr => (r.chance(chance) ? { op: 'not', arg: expr } : expr);

const fieldsOfType = (focus: Focus, ...types: readonly FieldSpec['type'][]): readonly FieldSpec[] =>
  focus.fields.filter((f) => types.includes(f.type));

/** A string operand of another field, or null where the focus has none. */
function stringField(r: Random, focus: Focus): Operand | null {
  const candidates = fieldsOfType(focus, 'string', 'list', 'map');
  if (candidates.length === 0) return null;
  return { is: 'field', ...stringRef(r, r.pick(candidates)) };
}

/** The field itself, an element of a list, or the value of a key. */
function stringRef(r: Random, field: FieldSpec): FieldRef {
  if (field.type === 'list') return { field: field.id, index: r.chance(0.97) ? r.below(4) : 1000 };
  if (field.type === 'map') return { field: field.id, key: r.pick(LABEL_KEYS) };
  return { field: field.id };
}

/** Tests of one string: a field, an element of a list, or `element` inside `any`. */
function stringTest(r: Random, focus: Focus, left: Operand, field: number): Expr {
  const constant = (): Constant => text(randomString(r, field));
  const other = r.chance(0.1) ? stringField(r, focus) : null;
  const right = (): Operand => other ?? constant();
  if (r.chance(focus.plain)) return { op: 'compare', cmp: '=', left, right: constant() };
  const fold = r.chance(0.3);
  switch (r.below(11)) {
    case 0:
    case 1:
      // Constants stand on either side where people write them so.
      return r.chance(0.05) && left.is === 'field'
        ? { op: 'compare', cmp: '=', left: constant(), right: left }
        : { op: 'compare', cmp: '=', left, right: right() };
    case 2:
    case 3:
      return { op: 'in', left, set: r.list(r.between(1, r.chance(0.1) ? 40 : 4), constant) };
    case 4:
    case 5:
    case 6: {
      const op = r.pick(['startswith', 'endswith', 'contains'] as const);
      if (r.chance(0.03) && left.is === 'field') return { op, fold, left: constant(), right: left };
      return either(r.list(r.chance(0.2) ? r.between(2, 6) : 1, () => ({ op, fold, left, right: right() })));
    }
    case 7:
    case 8:
      return pattern(focus, 'glob', fold, left, glob(r, field));
    case 9:
      return pattern(focus, 'matches', fold, left, regex(r, field));
    default:
      return either(r.list(r.chance(0.2) ? r.between(2, 6) : 1, () => ({ op: 'within', left, right: right() })));
  }
}

function pattern(focus: Focus, op: 'glob' | 'matches', fold: boolean, left: Operand, sketch: Sketch): Expr {
  const expr: Expr = { op, fold, left, pattern: sketch.text };
  focus.sketches.set(expr, sketch);
  return expr;
}

function intTest(r: Random, focus: Focus, field: FieldSpec): Expr {
  const unsigned = field.type === 'uint';
  const constant = (): Constant => int(randomInt(r, unsigned));
  const mask = r.chance(0.25)
    ? { mask: String(r.pick([1n, 2n, 0o4000n, 0o777n, 0xffn, 0xffff_ffffn, 2n ** 62n, 0n])) }
    : {};
  const ref: FieldRef = { field: field.id, ...mask };
  const left: Operand = { is: 'field', ...ref };
  if ('mask' in mask && r.chance(0.3)) return { op: 'truth', of: ref };
  if (r.chance(0.25)) return { op: 'in', left, set: r.list(r.between(1, r.chance(0.1) ? 40 : 4), constant) };
  const others = fieldsOfType(focus, field.type);
  const right: Operand = r.chance(0.15)
    ? { is: 'field', field: r.pick(others.length > 0 ? others : [field]).id }
    : constant();
  return { op: 'compare', cmp: r.pick(['=', '=', '<', '<=', '>', '>='] as const), left, right };
}

function addressTest(r: Random, focus: Focus, field: FieldSpec): Expr {
  const left: Operand = { is: 'field', field: field.id };
  const constant = (): Constant => ({ is: 'address', value: randomAddress(r) });
  switch (r.below(5)) {
    case 0:
      return { op: 'compare', cmp: '=', left, right: constant() };
    case 1:
      return { op: 'in', left, set: r.list(r.between(1, 6), () => (r.chance(0.6) ? randomCidr(r) : constant())) };
    case 2: {
      const others = fieldsOfType(focus, 'address');
      const right: Operand = r.chance(0.3) ? { is: 'field', field: r.pick(others).id } : constant();
      return { op: 'compare', cmp: r.pick(['=', '<', '<=', '>', '>='] as const), left, right };
    }
    default:
      return { op: 'within', left, right: randomCidr(r) };
  }
}

function boolTest(r: Random, focus: Focus, field: FieldSpec): Expr {
  const left: Operand = { is: 'field', field: field.id };
  if (r.chance(0.6)) return { op: 'truth', of: { field: field.id } };
  const others = fieldsOfType(focus, 'bool');
  const right: Operand = r.chance(0.2)
    ? { is: 'field', field: r.pick(others).id }
    : { is: 'bool', value: r.chance(0.5) };
  return { op: 'compare', cmp: '=', left, right };
}

function listTest(r: Random, focus: Focus, field: FieldSpec): Expr {
  const list: FieldRef = { field: field.id };
  const has = (): Expr => {
    const other = r.chance(0.1) ? stringField(r, focus) : null;
    return { op: 'has', list, value: other ?? text(randomString(r, field.id)) };
  };
  if (r.chance(0.4)) return r.chance(0.3) ? { op: r.pick(['and', 'or'] as const), args: [has(), has()] } : has();
  const test = stringTest(r, focus, { is: 'element' }, field.id);
  return { op: 'any', list, test: maybeNot(r, test) };
}

function flagTest(r: Random, field: FieldSpec): Expr {
  const flag = (): Expr => ({ op: 'flag', field: { field: field.id }, bit: r.below(field.values?.length ?? 1) });
  return r.chance(0.3) ? { op: r.pick(['and', 'or'] as const), args: [flag(), flag()] } : flag();
}

function test(r: Random, focus: Focus): Expr {
  const field = r.pick(focus.fields);
  if (r.chance(0.06)) {
    const indexed = field.type === 'list' || field.type === 'map' ? r.chance(0.5) : false;
    return { op: 'exists', field: indexed ? stringRef(r, field) : { field: field.id } };
  }
  switch (field.type) {
    case 'string':
    case 'map':
      return stringTest(r, focus, { is: 'field', ...stringRef(r, field) }, field.id);
    case 'int':
    case 'uint':
      return intTest(r, focus, field);
    case 'address':
      return addressTest(r, focus, field);
    case 'bool':
      return boolTest(r, focus, field);
    case 'flags':
      return flagTest(r, field);
    case 'list':
      return r.chance(0.3)
        ? stringTest(r, focus, { is: 'field', ...stringRef(r, field) }, field.id)
        : listTest(r, focus, field);
  }
}

/** @param depth how deep `and`, `or` and `not` nest at most */
export function randomExpr(r: Random, focus: Focus, depth: number): Expr {
  if (r.chance(0.01)) return { op: r.pick(['and', 'or'] as const), args: [] };
  if (depth === 0 || r.chance(0.4)) return maybeNot(r, test(r, focus));
  const dice = r.below(10);
  if (dice === 0) return { op: 'not', arg: randomExpr(r, focus, depth - 1) };
  const args = r.list(r.between(1, 4), () => randomExpr(r, focus, depth - 1));
  return { op: dice < 7 ? 'and' : 'or', args };
}
