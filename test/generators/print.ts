/** A typed expression as text of the language, in one of the ways that people write it. */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FIELD_ALIASES } from '../../vm/spec/index.ts';
import type { Random } from './random.ts';
import { FIELD_BY_ID } from './values.ts';

/** Where a printer puts what it gives a name to; a library holds them. */
export interface Names {
  list(values: readonly (string | bigint)[]): string;
  macro(text: string): string;
}

const escaped = (value: Bytes): string =>
  value.replace(/[^ -~]|["\\]/g, (c) => {
    if (c === '"' || c === '\\') return `\\${c}`;
    if (c === '\n') return '\\n';
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
const quoted = (r: Random, value: Bytes): string =>
  /^[ !#-~]*$/.test(value) && r.chance(0.3) ? `r"${value}"` : `"${escaped(value)}"`;

/** Tests with an operand on their left. */
type Comparing = Extract<Expr, { left: Operand }>;

/** An address in a form that the language reads. */
function addressText(value: Bytes): string {
  if (value.startsWith('\0'.repeat(10) + '\xff\xff')) return [...value.slice(12)].map((c) => c.charCodeAt(0)).join('.');
  return Buffer.from(value, 'latin1')
    .toString('hex')
    .replace(/(.{4})(?!$)/g, '$1:');
}
function networkText(net: Extract<Constant, { is: 'cidr' }>): string {
  const address = addressText(net.value);
  return address.includes(':') ? `${address}/${net.bits}` : `${address}/${net.bits - 96}`;
}

const ALIAS_OF = new Map(Object.entries(FIELD_ALIASES).map(([alias, name]) => [name, alias]));

export class Printer {
  constructor(
    private readonly r: Random,
    private readonly names: Names,
  ) {}

  /** A whole expression; in parentheses where it stands inside of another. */
  print(expr: Expr, inside = false): string {
    const text = this.bare(expr);
    const alone = expr.op === 'and' || expr.op === 'or' || expr.op === 'not' ? !inside : true;
    if (inside && this.r.chance(0.02)) return this.names.macro(text);
    return alone && !(inside && this.r.chance(0.1)) ? text : `(${text})`;
  }

  private bare(expr: Expr): string {
    switch (expr.op) {
      case 'and':
      case 'or': {
        if (expr.args.length === 0) return expr.op === 'and' ? 'true' : 'false';
        return this.gathered(expr) ?? expr.args.map((arg) => this.print(arg, true)).join(` ${expr.op} `);
      }
      case 'not':
        return this.negated(expr.arg) ?? `not ${this.print(expr.arg, true)}`;
      case 'exists':
        return `exists(${this.field(expr.field)})`;
      case 'truth':
        return this.field(expr.of);
      case 'flag':
        return `${this.field(expr.field)} has "${FIELD_BY_ID.get(expr.field.field)?.values?.[expr.bit]}"`;
      case 'has':
        return `${this.field(expr.list)} has ${this.operand(expr.value)}`;
      case 'any':
        return `any(${this.field(expr.list)}, ${this.elementTest(expr.test)})`;
      default:
        return `${this.operand(expr.left)} ${this.test(expr, false)}`;
    }
  }

  /** What stands right of the left operand of a test. */
  private test(expr: Comparing, negated: boolean): string {
    const operator = this.operator(expr, negated);
    if (expr.op === 'in') return `${operator} ${this.set(expr.set)}`;
    return `${operator} ${'pattern' in expr ? quoted(this.r, expr.pattern) : this.operand(expr.right)}`;
  }

  private operator(expr: Comparing, negated: boolean): string {
    if (expr.op === 'compare') return negated ? '!=' : expr.cmp === '=' ? this.r.pick(['=', '==']) : expr.cmp;
    return `${negated ? 'not ' : ''}${'fold' in expr && expr.fold ? 'i' : ''}${expr.op}`;
  }

  private elementTest(test: Expr): string {
    const negated = test.op === 'not';
    const inner = test.op === 'not' ? test.arg : test;
    if (inner.op === 'or') return this.overSet(inner.args, negated);
    if (!('left' in inner)) throw new Error(`BUG: \`${inner.op}\` is no test of an element`);
    return this.test(inner, negated);
  }

  /** `x startswith "a" or x startswith "b"` as one test with a set. */
  private overSet(args: readonly Expr[], negated: boolean): string {
    const first = args[0];
    const values = args.map((arg) => ('right' in arg ? this.operand(arg.right) : ''));
    if (!('left' in first) || values.includes('')) throw new Error('BUG: not one operator over a set');
    return `${this.operator(first, negated)} (${values.join(', ')})`;
  }

  /** Several tests of one operand as one with a set, where they are that. */
  private gathered(expr: Extract<Expr, { op: 'and' | 'or' }>): string | null {
    const first = expr.args[0];
    if (expr.args.length < 2 || this.r.chance(0.3)) return null;
    const same = (key: (arg: Expr) => string): boolean => expr.args.every((arg) => key(arg) === key(first));
    if (first.op === 'flag' && same((arg) => (arg.op === 'flag' ? String(arg.field.field) : ''))) {
      const names = expr.args.map((arg) =>
        arg.op === 'flag' ? `"${FIELD_BY_ID.get(arg.field.field)?.values?.[arg.bit]}"` : '',
      );
      return `${this.field(first.field)} ${expr.op === 'and' ? 'hasall' : 'hasany'} (${names.join(', ')})`;
    }
    if (first.op === 'has' && same((arg) => (arg.op === 'has' ? JSON.stringify(arg.list) : ''))) {
      const values = expr.args.map((arg) => (arg.op === 'has' ? this.operand(arg.value) : ''));
      return `${this.field(first.list)} ${expr.op === 'and' ? 'hasall' : 'hasany'} (${values.join(', ')})`;
    }
    if (expr.op === 'and' || !['startswith', 'endswith', 'contains', 'within'].includes(first.op)) return null;
    const key = (arg: Expr): string =>
      'left' in arg ? JSON.stringify([arg.op, 'fold' in arg && arg.fold, arg.left]) : '';
    return 'left' in first && same(key) ? `${this.operand(first.left)} ${this.overSet(expr.args, false)}` : null;
  }

  /** `not (a = b)` as `a != b`, `not (a in s)` as `a not in s`, where there is such a form. */
  private negated(arg: Expr): string | null {
    if (!('left' in arg) || this.r.chance(0.3)) return null;
    if (arg.op === 'compare' && arg.cmp !== '=') return null;
    return `${this.operand(arg.left)} ${this.test(arg, true)}`;
  }

  private set(values: readonly Constant[]): string {
    if (this.r.chance(0.2)) {
      const plain = values.map((v) => (v.is === 'int' ? BigInt(v.value) : v.is === 'string' ? utf8(v.value) : null));
      if (plain.every((v) => v !== null)) return this.names.list(plain);
    }
    return `(${values.map((value) => this.operand(value)).join(', ')})`;
  }

  private operand(operand: Operand): string {
    switch (operand.is) {
      case 'field':
        return this.field(operand);
      case 'element':
        throw new Error('BUG: an element outside of `any`');
      case 'string':
        return quoted(this.r, operand.value);
      case 'int':
        return this.integer(BigInt(operand.value));
      case 'bool':
        return String(operand.value);
      case 'address':
        return `"${addressText(operand.value)}"`;
      case 'cidr':
        return `"${networkText(operand)}"`;
    }
  }

  private integer(value: bigint): string {
    if (value < 0n) return String(value);
    return this.r.pick([String(value), String(value), `0x${value.toString(16)}`, `0o${value.toString(8)}`]);
  }

  private field(ref: FieldRef): string {
    const name = FIELD_BY_ID.get(ref.field)?.name ?? '';
    const alias = ALIAS_OF.get(name);
    let text = alias !== undefined && this.r.chance(0.3) ? alias : name;
    if (ref.index !== undefined) text += `[${ref.index}]`;
    if (ref.key !== undefined) text += `["${escaped(ref.key)}"]`;
    if (ref.mask !== undefined) text += ` & ${this.integer(BigInt(ref.mask))}`;
    return text;
  }
}

/** The text of bytes that are UTF-8, else null. */
export function utf8(value: Bytes): string | null {
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return Buffer.from(text, 'utf8').toString('latin1') === value ? text : null;
}
