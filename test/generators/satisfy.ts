/** Choose values so that an expression holds, or fails narrowly. Best effort: tests of one field may contradict. */
import type { Bytes, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/event.ts';
import type { Focus } from './expression.ts';
import type { Random } from './random.ts';
import {
  addressNear,
  asciiLower,
  asciiUpper,
  clampInt,
  FIELD_BY_ID,
  fieldId,
  isUnsigned,
  nearMiss,
  randomAddress,
  randomInt,
  randomString,
} from './values.ts';

type StringTest = Extract<Expr, { op: 'startswith' | 'endswith' | 'contains' | 'glob' | 'matches' | 'within' }>;

/** Sources from which a field is derived, with a value that gives the wanted one. */
const DERIVATIONS: ReadonlyMap<number, { from: number; give: (wanted: Bytes) => Value }> = new Map([
  ...(['proc.name', 'proc.pname', 'proc.caller_name', 'file.name'] as const).map((name) => {
    const from = fieldId(name.replace('name', 'path'));
    return [fieldId(name), { from, give: (wanted: Bytes): Value => `/opt/${wanted}` }] as const;
  }),
  [
    fieldId('file.dir'),
    { from: fieldId('file.path'), give: (wanted: Bytes): Value => `${wanted === '/' ? '' : wanted}/f.x` },
  ],
  [fieldId('file.ext'), { from: fieldId('file.path'), give: (wanted: Bytes): Value => `/tmp/file.${wanted}` }],
  [fieldId('proc.cmdline'), { from: fieldId('proc.args'), give: (wanted: Bytes): Value => wanted.split(' ') }],
  [
    fieldId('container.image_tag'),
    { from: fieldId('container.image'), give: (wanted: Bytes): Value => `nginx:${wanted}` },
  ],
]);

export class Aim {
  readonly values = new Map<number, Value>();

  constructor(
    private readonly r: Random,
    private readonly focus: Focus,
    private readonly time: bigint | undefined,
  ) {}

  /** Set fields so that `expr` is `wanted`. */
  at(expr: Expr, wanted: boolean): void {
    switch (expr.op) {
      case 'and':
      case 'or': {
        const all = (expr.op === 'and') === wanted;
        if (all) for (const arg of expr.args) this.at(arg, wanted);
        else if (expr.args.length > 0) this.at(this.r.pick(expr.args), wanted);
        return;
      }
      case 'not':
        return this.at(expr.arg, !wanted);
      case 'exists':
        if (!wanted) this.values.delete(expr.field.field);
        return;
      case 'truth': {
        const mask = expr.of.mask;
        return this.set(expr.of, mask === undefined ? wanted : wanted ? BigInt(mask) : ~BigInt(mask) & 0xffffn);
      }
      case 'compare':
        return this.compare(expr, wanted);
      case 'in':
        return this.member(expr, wanted);
      case 'flag': {
        const before = this.values.get(expr.field.field);
        const bit = 1n << BigInt(expr.bit);
        const flags = typeof before === 'bigint' ? before : 0n;
        return this.set(expr.field, wanted ? flags | bit : flags & ~bit);
      }
      case 'has':
        if (wanted) this.element(expr.list.field, String(this.valueOf(expr.value) ?? ''));
        return;
      case 'any':
        return this.any(expr, wanted);
      default:
        return this.text(expr, wanted, (value) => this.put(expr.left, value));
    }
  }

  private any(expr: Extract<Expr, { op: 'any' }>, wanted: boolean): void {
    let inner = expr.test;
    let positive = wanted;
    while (inner.op === 'not' || ((inner.op === 'and' || inner.op === 'or') && inner.args.length > 0)) {
      if (inner.op === 'not') positive = !positive;
      inner = inner.op === 'not' ? inner.arg : this.r.pick(inner.args);
    }
    const add = (value: Value): void => this.element(expr.list.field, String(value));
    if (inner.op === 'compare') add(this.valueOf(inner.right) ?? 'x');
    else if (inner.op === 'in' && inner.set.length > 0) add(this.valueOf(this.r.pick(inner.set)) ?? 'x');
    else if ('left' in inner && inner.op !== 'in') this.text(inner, positive, add);
  }

  private compare(expr: Extract<Expr, { op: 'compare' }>, wanted: boolean): void {
    const fixed = this.valueOf(expr.right);
    if (expr.left.is !== 'field') {
      if (expr.right.is === 'field' && wanted) this.put(expr.right, this.valueOf(expr.left));
      return;
    }
    if (fixed === undefined && expr.right.is === 'field') {
      const value = this.valueOf(expr.left) ?? this.anyValue(expr.left);
      this.put(expr.left, value);
      if (wanted || this.r.chance(0.5)) this.put(expr.right, value);
      return;
    }
    if (typeof fixed === 'bigint') {
      const step = expr.cmp === '<' ? -1n : expr.cmp === '>' ? 1n : 0n;
      const off = expr.cmp === '=' ? this.r.pick([1n, -1n]) : expr.cmp === '<' || expr.cmp === '<=' ? 1n : -1n;
      this.put(expr.left, clampInt(fixed + (wanted ? step : step + off), isUnsigned(expr.left.field)));
    } else if (typeof fixed === 'string' && fixed.length === 16 && this.isAddress(expr.left)) {
      this.put(expr.left, addressNear(this.r, { value: fixed, bits: 128 }, wanted && expr.cmp.includes('=')));
    } else if (typeof fixed === 'string') this.put(expr.left, wanted ? fixed : nearMiss(this.r, fixed));
    else if (typeof fixed === 'boolean') this.put(expr.left, wanted ? fixed : !fixed);
  }

  private member(expr: Extract<Expr, { op: 'in' }>, wanted: boolean): void {
    if (expr.set.length === 0) return;
    const one = this.r.pick(expr.set);
    if (one.is === 'cidr') return this.put(expr.left, addressNear(this.r, one, wanted));
    const value = this.valueOf(one);
    if (wanted) this.put(expr.left, value);
    else if (typeof value === 'string' && one.is === 'string') this.put(expr.left, nearMiss(this.r, value));
    else if (typeof value === 'bigint' && expr.left.is === 'field')
      this.put(expr.left, clampInt(value + 1n, isUnsigned(expr.left.field)));
  }

  /** A string for a string operator, given to `put`. */
  private text(expr: StringTest, wanted: boolean, put: (value: Value) => void): void {
    const { r } = this;
    if (expr.op === 'within' && expr.right.is === 'cidr') return put(addressNear(r, expr.right, wanted));
    let value: Bytes;
    if ('pattern' in expr) value = this.focus.sketches.get(expr)?.sample(r) ?? 'x';
    else if (expr.left.is === 'string' && expr.right.is === 'field') {
      const whole = expr.left.value;
      const at = r.below(whole.length + 1);
      const part = expr.op === 'startswith' ? whole.slice(0, at) : whole.slice(at);
      return this.put(expr.right, wanted ? part : nearMiss(r, part));
    } else {
      const part = String(this.valueOf(expr.right) ?? '');
      const around = (): Bytes => r.pick(['', 'x', '/', randomString(r, fieldId('file.name'))]);
      if (expr.op === 'startswith') value = part + around();
      else if (expr.op === 'endswith') value = around() + part;
      else if (expr.op === 'contains') value = around() + part + around();
      else value = part.replace(/\/$/, '') + r.pick(['', '/', '/a', '/a/b', 'x']);
    }
    if ('fold' in expr && expr.fold) value = r.pick([value, asciiUpper(value), asciiLower(value)]);
    put(wanted ? value : nearMiss(r, value));
  }

  private valueOf(operand: Operand): Value | undefined {
    switch (operand.is) {
      case 'int':
        return BigInt(operand.value);
      case 'element':
        return undefined;
      case 'field': {
        if (operand.field === KIND) return undefined;
        if (operand.field === TIME) return this.time;
        const value = this.values.get(operand.field);
        if (operand.index !== undefined && Array.isArray(value)) return value[operand.index];
        if (operand.key !== undefined && Array.isArray(value)) {
          const at = value.findIndex((key, n) => n % 2 === 0 && key === operand.key);
          return at < 0 ? undefined : value[at + 1];
        }
        return value;
      }
      default:
        return operand.value;
    }
  }

  private anyValue(operand: Operand): Value {
    if (operand.is !== 'field') return 'x';
    const type = FIELD_BY_ID.get(operand.field)?.type;
    if (type === 'int' || type === 'uint') return randomInt(this.r, type === 'uint');
    if (type === 'bool') return this.r.chance(0.5);
    return type === 'address' ? randomAddress(this.r) : randomString(this.r, operand.field);
  }

  private isAddress(operand: Operand): boolean {
    return operand.is === 'field' && FIELD_BY_ID.get(operand.field)?.type === 'address';
  }

  private put(operand: Operand, value: Value | undefined): void {
    if (operand.is === 'field' && value !== undefined) this.set(operand, value);
  }

  private element(list: number, value: Bytes): void {
    const before = this.values.get(list);
    const items = Array.isArray(before) ? [...before] : [];
    items.splice(this.r.below(items.length + 1), 0, value);
    this.values.set(list, items);
  }

  private set(ref: FieldRef, value: Value): void {
    if (ref.field === KIND || ref.field === TIME) return;
    const before = this.values.get(ref.field);
    if (ref.key !== undefined) {
      const map = Array.isArray(before) ? before.filter((_, n) => before[n - (n % 2)] !== ref.key) : [];
      this.values.set(ref.field, [...map, ref.key, String(value)]);
    } else if (ref.index !== undefined) {
      if (ref.index > 10) return;
      const items = Array.isArray(before) ? [...before] : [];
      while (items.length < ref.index) items.push(randomString(this.r, ref.field));
      items[ref.index] = String(value);
      this.values.set(ref.field, items);
    } else {
      const derived = DERIVATIONS.get(ref.field);
      if (derived !== undefined && typeof value === 'string' && this.r.chance(0.4)) {
        this.values.delete(ref.field);
        this.values.set(derived.from, derived.give(value));
      } else this.values.set(ref.field, value);
    }
  }
}
const KIND = fieldId('event.kind');
const TIME = fieldId('event.time');
