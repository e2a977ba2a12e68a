/**
 * Conditions as short-circuit tests. Made from the end to the beginning, so that every jump goes forward; equal tests with
 * equal continuations are one row, so that rules share what they have in common.
 */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { ACCEPT, COMPARISONS, REF, REJECT, SET_FORMS, TEST, TEST_OPS } from '../../vm/spec/index.ts';
import { automatonOf } from '../plan/pattern.ts';
import { isTrue, lower } from '../plan/simplify.ts';
import { writeDictionary } from './dictionary.ts';
import { Interned, combine } from './interned.ts';
import { writeNetworks, writePrefix } from './networks.ts';
import { type Operands, shapeOf } from './operands.ts';
import { type Scan, Scans } from './scans.ts';
import { writeAutomaton } from './tables.ts';
import type { Writer } from './writer.ts';

export type TestOp = keyof typeof TEST_OPS;

/** A row before numbering: `yes`, `no` and the body of `any` are ids, which count from the last test. */
export interface TestRow {
  readonly op: TestOp;
  readonly sub: number;
  readonly left: number;
  readonly right: number;
  readonly yes: number;
  readonly no: number;
}

/** Values that are compared one by one: a look-up would hash all of a text before it can say no. */
const FEW = 4;

type Comparison = '=' | '<' | '<=' | '>' | '>=';

export class Tests {
  readonly #w: Writer;
  readonly #operands: Operands;
  readonly #ids = new Interned();
  readonly #tables = new Map<string, number>();
  readonly #scans = new Scans();
  /** First tests of conditions: a rule is in the lists of many keys. */
  readonly #conditions = new WeakMap<Expr, number>();
  readonly rows: TestRow[] = [];
  /** Patterns whose automaton has too many states: the rules that have them cannot be built. */
  readonly tooComplex = new Set<string>();
  /** Steps of looking up in each written set of networks, by offset: for bounds. */
  readonly networks = new Map<number, number>();

  constructor(w: Writer, operands: Operands) {
    this.#w = w;
    this.#operands = operands;
  }

  /** @returns id of the first test of a condition; ACCEPT where nothing is to be checked */
  condition(e: Expr): number {
    if (isTrue(e)) return ACCEPT;
    let test = this.#conditions.get(e);
    if (test === undefined) this.#conditions.set(e, (test = this.#emit(e, ACCEPT, REJECT)));
    return test;
  }

  /**
   * A test of a diagram.
   * @param yes id of the test to go on with, or REJECT, or where the diagram ends: a ref of `Lists`, of a list plus REF.node
   * @returns likewise
   */
  node(test: Expr, yes: number, no: number): number {
    return yes === no ? yes : this.#emit(test, yes, no);
  }

  /** The row of an id in the table: ids count backwards. */
  index(id: number): number {
    return id >= REF.node ? id : this.rows.length - 1 - id;
  }

  /**
   * Writes the table.
   * @param placed where a list stands
   */
  write(placed: (list: number) => number): number {
    const target = (id: number): number =>
      id >= REF.node && id < REF.entry ? REF.node + placed(id - REF.node) : this.index(id);
    const at = this.#w.reserve(this.rows.length * TEST.size);
    this.rows.forEach((row, id) => {
      const to = at + this.index(id) * TEST.size;
      const { code } = TEST_OPS[row.op];
      this.#w.u32(to + TEST.op, (code | (row.sub << TEST.subShift) | (row.left << TEST.leftShift)) >>> 0);
      this.#w.u32(to + TEST.right, row.op === 'any' ? this.index(row.right) : row.right);
      this.#w.u32(to + TEST.yes, target(row.yes));
      this.#w.u32(to + TEST.no, target(row.no));
    });
    return at;
  }

  #emit(e: Expr, yes: number, no: number): number {
    switch (e.op) {
      case 'and':
        return this.#emitAll(e.args, yes, no);
      case 'or':
        return this.#scans.of(e.op, e.args).reduceRight((next, arg) => this.#emitOne(arg, yes, next), no);
      case 'not':
        return this.#emit(e.arg, no, yes);
      case 'exists':
        return this.#row('exists', 0, this.#field(e.field), 0, yes, no);
      case 'truth':
        return this.#row('truth', 0, this.#field(e.of), 0, yes, no);
      case 'flag':
        return this.#row('flag', 0, this.#field(e.field), e.bit, yes, no);
      case 'has':
        return this.#row('has', 0, this.#field(e.list), this.#operands.right(e.value), yes, no);
      case 'any': {
        const body = this.#emitAll([e.test], ACCEPT, REJECT);
        if (body === REJECT) return no;
        return this.#row('any', 0, this.#field(e.list), body === ACCEPT ? this.#always() : body, yes, no);
      }
      case 'compare':
        return this.#compare(e.cmp, e.left, e.right, yes, no);
      case 'in':
        return this.#in(e.left, e.set, yes, no);
      case 'glob':
      case 'matches': {
        const table = this.#automaton(e);
        return this.#row('automaton', 0, this.#operands.number(e.left), table, yes, no);
      }
      case 'within':
        if (e.right.is === 'cidr') return this.#in(e.left, [e.right], yes, no);
        return this.#texts('below', 0, e.left, e.right, yes, no);
      default:
        return this.#texts(e.op, Number(e.fold), e.left, e.fold ? folded(e.right) : e.right, yes, no);
    }
  }

  #emitAll(args: readonly Expr[], yes: number, no: number): number {
    return this.#scans.of('and', args).reduceRight((next, arg) => this.#emitOne(arg, next, no), yes);
  }

  #emitOne(e: Expr | Scan, yes: number, no: number): number {
    if (e.op !== 'scan') return this.#emit(e, yes, no);
    const table = this.#table(`scan ${e.name}`, () => writeAutomaton(this.#w, e.dfa));
    const left = this.#operands.number(e.left);
    return this.#row('automaton', 0, left, table, e.inverted ? no : yes, e.inverted ? yes : no);
  }

  /** A test that holds for every element: `any` needs one to stand on. */
  #always(): number {
    const zero = this.#operands.number({ is: 'int', value: '0' });
    return this.#row('exists', 0, zero, 0, ACCEPT, REJECT);
  }

  #texts(op: TestOp, sub: number, left: Operand, right: Operand, yes: number, no: number): number {
    return this.#row(op, sub, this.#operands.number(left), this.#operands.right(right), yes, no);
  }

  #compare(cmp: Comparison, left: Operand, right: Operand, yes: number, no: number): number {
    const shapes = [shapeOf(left), shapeOf(right)];
    if (shapes.includes('address')) {
      return cmp === '='
        ? this.#texts('equal', 0, left, right, yes, no)
        : this.#texts('order', COMPARISONS[cmp], left, right, yes, no);
    }
    if (shapes[0] === 'text') return this.#texts(cmp === '=' ? 'equal' : 'before', 0, left, right, yes, no);
    const unsigned = isUnsigned(left) || isUnsigned(right);
    const sub = COMPARISONS[cmp] | (unsigned ? COMPARISONS.unsigned : 0);
    const test = this.#texts('int', sub, left, right, yes, no);
    // a signed field beside an unsigned one: a negative value is less than all
    if (unsigned && isSigned(left))
      return this.#negative(left, right, cmp === '<' || cmp === '<=' ? yes : no, test, no);
    if (unsigned && isSigned(right))
      return this.#negative(right, left, cmp === '>' || cmp === '>=' ? yes : no, test, no);
    return test;
  }

  /** Goes on with `negative` where the first operand is there and negative, and so is the other; else with `test`. */
  #negative(signed: Operand, other: Operand, negative: number, test: number, no: number): number {
    const zero = this.#operands.right({ is: 'int', value: '0' });
    const both = this.#row('exists', 0, this.#operands.number(other), 0, negative, no);
    return this.#row('int', COMPARISONS['<'], this.#operands.number(signed), zero, both, test);
  }

  #in(left: Operand, set: readonly Constant[], yes: number, no: number): number {
    if (set.length === 0) return no;
    const networks = set.some((c) => c.is === 'cidr');
    if (!networks && set.length <= FEW) {
      return set.reduceRight((next, c) => this.#compare('=', left, c, yes, next), no);
    }
    const form = networks
      ? set.length === 1
        ? SET_FORMS.prefix
        : SET_FORMS.net
      : set[0].is === 'int' || set[0].is === 'bool'
        ? SET_FORMS.int
        : SET_FORMS.text;
    const keys = [...new Set(set.map((c) => keyOf(c, networks)))];
    const table = this.#table(`set ${form} ${keys.join('\n')}`, () => {
      const items = keys.map((key) => [key, 0] as const);
      if (!networks) return writeDictionary(this.#w, items);
      if (form === SET_FORMS.prefix) return writePrefix(this.#w, keys[0]);
      const { table, walk } = writeNetworks(this.#w, items);
      this.networks.set(table, walk);
      return table;
    });
    return this.#row('in', form, this.#operands.number(left), table, yes, no);
  }

  #automaton(e: Extract<Expr, { op: 'glob' | 'matches' }>): number {
    return this.#table(`${e.op} ${Number(e.fold)} ${e.pattern}`, () => {
      const dfa = automatonOf(e);
      if (dfa) return writeAutomaton(this.#w, dfa);
      this.tooComplex.add(e.pattern);
      return 0;
    });
  }

  #table(name: string, write: () => number): number {
    let at = this.#tables.get(name);
    if (at === undefined) this.#tables.set(name, (at = write()));
    return at;
  }

  #field(ref: FieldRef): number {
    return this.#operands.field(ref);
  }

  #row(op: TestOp, sub: number, left: number, right: number, yes: number, no: number): number {
    let hash = TEST_OPS[op].code | (sub << 8);
    for (const part of [left, right, yes, no]) hash = combine(hash, part);
    return this.#ids.id(
      hash,
      (id) => {
        const row = this.rows[id];
        const same = row.op === op && row.sub === sub && row.left === left && row.right === right;
        return same && row.yes === yes && row.no === no;
      },
      () => this.rows.push({ op, sub, left, right, yes, no }) - 1,
    );
  }
}

const isUnsigned = (o: Operand): boolean => shapeOf(o) === 'uint';
const isSigned = (o: Operand): boolean => o.is === 'field' && shapeOf(o) === 'int';

const folded = (o: Operand): Operand => (o.is === 'string' ? { is: 'string', value: lower(o.value) } : o);

/** Eight bytes of an integer, as dictionaries of integers are keyed. */
export const integerKey = (value: bigint): Bytes => {
  let key = '';
  for (let n = BigInt.asUintN(64, value), i = 0; i < 8; i++, n >>= 8n) key += String.fromCharCode(Number(n & 255n));
  return key;
};

const keyOf = (c: Constant, networks: boolean): Bytes => {
  if (c.is === 'int') return integerKey(BigInt(c.value));
  if (c.is === 'bool') return integerKey(c.value ? 1n : 0n);
  if (c.is === 'cidr') return `${c.value}${String.fromCharCode(c.bits)}`;
  return networks ? `${c.value}\x80` : c.value;
};
