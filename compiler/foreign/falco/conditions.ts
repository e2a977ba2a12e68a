/**
 * The conditions of a rule set, parsed and judged as Falco's compiler does: macros and lists by name, fields, names of events.
 * A list counts where its name stands bare, a macro only where it is visible.
 */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Report } from '../../schema/read.ts';
import type { Check, Node, Operand, Value } from './ast.ts';
import type { Values } from './comparison.ts';
import { KNOWN_FIELDS, targetOf } from './fields.ts';
import { parseCondition, parseValues } from './parse.ts';
import type { List, RuleSet } from './ruleset.ts';
import { isEvent, shapesFor } from './shapes.ts';
import { whole, type PlacedText } from './text.ts';

const UNCOMPILED = 'Falco refuses it with LOAD_ERR_COMPILE_CONDITION';
const INVALID = 'Falco refuses it with LOAD_ERR_VALIDATE';
const [ANY_SHAPE] = shapesFor([]);

/** What is wrong with a condition. */
export interface Fault {
  readonly message: string;
  readonly span: Span;
  readonly help: string;
  readonly code: 'L5201' | 'L5202';
  /** A field or event that Falco does not have: `skip-if-unknown-filter` leaves such a rule out. */
  readonly unknown: boolean;
}

export class Conditions {
  readonly used = { macros: new Set<string>(), lists: new Set<string>() };
  readonly #rules: RuleSet;
  readonly #macros = new Map<string, Node | null>();
  readonly #lists = new Map<string, readonly string[]>();

  constructor(rules: RuleSet, report: Report) {
    this.#rules = rules;
    for (const { name, condition } of rules.macros.values()) {
      const { node, faults } = this.parse(condition);
      this.#macros.set(name, node);
      for (const fault of faults) report(diagnose(fault.code, fault.message, fault.span, fault.help));
    }
    for (const name of rules.macros.keys()) this.#judgeMacro(name, report);
    for (const list of rules.lists.values()) this.#list(list);
  }

  /** @returns the condition, null with a fault where it is none */
  parse(text: PlacedText): { readonly node: Node | null; readonly faults: readonly Fault[] } {
    const parsed = parseCondition(text);
    if ('error' in parsed) {
      const at = Math.min(parsed.at, Math.max(text.text.length - 1, 0));
      const span = text.place(at, Math.max(parsed.at, at + 1));
      return { node: null, faults: [fault('L5202', parsed.error, span, UNCOMPILED)] };
    }
    const faults: Fault[] = [];
    for (const check of checksOf(parsed.node)) faults.push(...this.#judge(check));
    return { node: parsed.node, faults };
  }

  /** The condition of a macro, null where it has none that could be read. */
  macro(name: string): Node | null {
    return this.#macros.get(name) ?? null;
  }

  /** Macros that a rule's condition names and that are not there. */
  undefinedMacros(node: Node): readonly Fault[] {
    return macrosOf(node).flatMap(({ name, span }) => {
      this.used.macros.add(name);
      return this.#rules.macros.has(name) ? [] : [this.#undefined(name, span)];
    });
  }

  /** Values on the right of an operator; lists keep their names. */
  values({ right }: Check): Values {
    if (right.is !== 'values') return { texts: [], lists: [] };
    const found = right.of.map((value) => (value.is === 'value' ? this.#listNamed(value) : undefined));
    const texts = right.of.flatMap((value, n) => (value.is === 'value' && found[n] === undefined ? [value.text] : []));
    const lists = found.flatMap((list) => (list === undefined ? [] : [{ name: list.name, values: this.#list(list) }]));
    return { texts, lists };
  }

  /** Names of events that a condition compares with, through its macros. */
  events(node: Node, seen = new Set<string>()): readonly string[] {
    const own = checksOf(node).flatMap((check) => (isEventCheck(check) ? this.#textsOf(check) : []));
    const below = macrosOf(node).flatMap(({ name }) => {
      const body = seen.has(name) ? null : this.macro(name);
      seen.add(name);
      return body === null ? [] : this.events(body, seen);
    });
    return [...own, ...below];
  }

  #textsOf(check: Check): readonly string[] {
    const { texts, lists } = this.values(check);
    return [...texts, ...lists.flatMap(({ values }) => values)];
  }

  #judge(check: Check): Fault[] {
    const faults = fieldsOf(check).flatMap((field) => {
      if (targetOf(field.name, field.arg, ANY_SHAPE) !== undefined) return [];
      const near = nearest(field.name, KNOWN_FIELDS);
      const help = near === null ? UNCOMPILED : `did you mean \`${near}\`? ${UNCOMPILED}`;
      const message = `filter_check called with nonexistent field \`${field.name}\``;
      return [fault('L5202', message, field.span, help, true)];
    });
    if (check.right.is !== 'values') return faults;
    const takesOne = check.modifier === null && !['in', 'intersects', 'pmatch'].includes(check.op);
    for (const value of check.right.of) {
      const list = value.is === 'value' ? this.#listNamed(value) : undefined;
      if (list === undefined) {
        if (
          value.is === 'value' &&
          isEventCheck(check) &&
          ['=', '==', '!=', 'in'].includes(check.op) &&
          !isEvent(value.text)
        )
          faults.push(fault('L5202', `unknown event type \`${value.text}\``, value.span, UNCOMPILED, true));
        continue;
      }
      this.used.lists.add(list.name);
      if (takesOne && this.#list(list).length !== 1)
        faults.push(
          fault(
            'L5202',
            `\`${check.op}\` takes one value, and \`${list.name}\` has ${this.#list(list).length}`,
            value.span,
            `write \`in (${list.name})\`; ${UNCOMPILED}`,
          ),
        );
    }
    return faults;
  }

  /** A macro sees the macros that were first defined before it was last touched. */
  #judgeMacro(name: string, report: Report): void {
    const macro = this.#rules.macros.get(name);
    const node = this.macro(name);
    if (macro === undefined || node === null) return;
    for (const { name: inner, span } of macrosOf(node)) {
      this.used.macros.add(inner);
      const other = this.#rules.macros.get(inner);
      if (other !== undefined && other.index < macro.visibility && !this.#reaches(inner, name)) continue;
      const { code, message, help } = this.#undefined(inner, span);
      report(diagnose(code, message, span, help));
      this.#macros.set(name, null);
    }
  }

  #reaches(from: string, to: string, seen = new Set<string>()): boolean {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    const body = this.macro(from);
    return body !== null && macrosOf(body).some(({ name }) => this.#reaches(name, to, seen));
  }

  #undefined(name: string, span: Span): Fault {
    const near = nearest(name, this.#rules.macros.keys());
    const help = near === null || near === name ? INVALID : `did you mean \`${near}\`? ${INVALID}`;
    return fault('L5201', `undefined macro \`${name}\` used in filter`, span, help);
  }

  #listNamed({ quoted, text }: Value): List | undefined {
    return quoted ? undefined : this.#rules.lists.get(text);
  }

  /** All texts of a list, those of lists in it among them. A list that is defined later is a text. */
  #list(list: List): readonly string[] {
    const known = this.#lists.get(list.name);
    if (known !== undefined) return known;
    this.#lists.set(list.name, []);
    const texts = list.items.flatMap((item) => {
      const inner = this.#rules.lists.get(item.text);
      if (inner !== undefined && inner !== list && inner.index < list.visibility) {
        this.used.lists.add(inner.name);
        return this.#list(inner);
      }
      return textsOfItem(item);
    });
    const distinct = [...new Set(texts)];
    this.#lists.set(list.name, distinct);
    return distinct;
  }
}

/** An item is pasted into conditions: quotes around it are those of a text, and one with blanks gets them. */
function textsOfItem({ text, place }: PlacedText): readonly string[] {
  if (text.includes(' ') && !/^["']/.test(text)) return [text];
  const values = parseValues(whole(text, place(0, text.length)));
  return values === null ? [text] : values.flatMap((value) => (value.is === 'value' ? [value.text] : []));
}

const fault = (code: Fault['code'], message: string, span: Span, help: string, unknown = false): Fault => ({
  code,
  message,
  span,
  help,
  unknown,
});

export const isEventCheck = ({ left }: Check): boolean =>
  left.is === 'field' && (left.name === 'evt.type' || left.name === 'syscall.type');

function checksOf(node: Node): readonly Check[] {
  if (node.is === 'check') return [node];
  if (node.is === 'macro') return [];
  return node.is === 'not' ? checksOf(node.of) : node.of.flatMap(checksOf);
}

function macrosOf(node: Node): readonly Extract<Node, { is: 'macro' }>[] {
  if (node.is === 'macro') return [node];
  if (node.is === 'check') return [];
  return node.is === 'not' ? macrosOf(node.of) : node.of.flatMap(macrosOf);
}

const fieldsOf = ({ left, right }: Check): readonly Extract<Operand, { is: 'field' }>[] => [
  ...fieldsIn(left),
  ...(right.is === 'transformed' ? fieldsIn(right) : []),
];

function fieldsIn(operand: Operand): readonly Extract<Operand, { is: 'field' }>[] {
  if (operand.is === 'field') return [operand];
  return operand.is === 'value' ? [] : operand.of.flatMap(fieldsIn);
}
