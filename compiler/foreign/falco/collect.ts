/** Items of Falco's files, in load order, to a rule set: what a later item with the same name replaces, appends to or switches. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Report } from '../../schema/read.ts';
import { OPERATORS, hasModifier, takesList } from './parse.ts';
import type { Entry, List, Macro, Rule, RuleException, RuleSet } from './ruleset.ts';
import { joined, type PlacedText } from './text.ts';

/** The keys of a rule that an item changes. */
export type RuleChange = Partial<
  Pick<
    Rule,
    | 'condition'
    | 'output'
    | 'description'
    | 'priority'
    | 'tags'
    | 'exceptions'
    | 'enabled'
    | 'warnEventTypes'
    | 'skipIfUnknown'
  >
>;
type New<T> = Omit<T, 'index' | 'visibility'>;

const REFUSED = 'Falco refuses it with LOAD_ERR_VALIDATE';

export class Collector implements RuleSet {
  readonly lists = new Map<string, List>();
  readonly macros = new Map<string, Macro>();
  readonly rules = new Map<string, Rule>();
  readonly #report: Report;
  #next = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  defineList(list: New<List>): void {
    this.#define(this.lists, list);
  }

  appendToList(list: New<List>): void {
    const before = this.#before(this.lists, 'list', list.name, list.span);
    if (before !== undefined) before.items = [...before.items, ...list.items];
  }

  defineMacro(macro: New<Macro>): void {
    this.#define(this.macros, macro);
  }

  appendToMacro(macro: New<Macro>): void {
    const before = this.#before(this.macros, 'macro', macro.name, macro.span);
    if (before !== undefined) before.condition = appended(before.condition, macro.condition, macro.span);
  }

  defineRule(rule: Omit<New<Rule>, 'home'>): void {
    const before = this.rules.get(rule.name);
    if (before !== undefined && !this.#sameSource(before, rule.source, rule.span)) return;
    for (const exception of rule.exceptions) this.#judge(exception);
    this.#define(this.rules, { ...rule, home: before?.home ?? rule.span.source });
  }

  /** @param source as the item says it; absent: any */
  appendToRule(name: string, change: RuleChange, source: string, span: Span): void {
    const rule = this.#before(this.rules, 'rule', name, span);
    if (rule === undefined || !this.#sameSource(rule, source, span)) return;
    if (change.condition !== undefined) rule.condition = appended(rule.condition, change.condition, span);
    if (change.output !== undefined) rule.output = appended(rule.output, change.output, span);
    if (change.description !== undefined) rule.description = appended(rule.description, change.description, span);
    if (change.tags !== undefined) rule.tags = [...new Set([...rule.tags, ...change.tags])];
    for (const exception of change.exceptions ?? []) this.#appendException(rule, exception);
  }

  replaceInRule(name: string, change: RuleChange, source: string, span: Span): void {
    const rule = this.#before(this.rules, 'rule', name, span);
    if (rule === undefined || !this.#sameSource(rule, source, span)) return;
    for (const exception of change.exceptions ?? []) this.#judge(exception);
    Object.assign(rule, change);
  }

  /** A rule that an item names only to switch it on or off. */
  enableRule(name: string, enabled: boolean, span: Span): void {
    const rule = this.rules.get(name);
    if (rule === undefined)
      this.#refuse(`rule \`${name}\` has \`enabled\` but no rule by that name already exists`, span);
    else rule.enabled = enabled;
  }

  #define<T extends { index: number; visibility: number }>(
    items: Map<string, T>,
    item: Omit<T, 'index' | 'visibility'> & { name: string },
  ): void {
    const id = this.#next++;
    items.set(item.name, { ...item, index: items.get(item.name)?.index ?? id, visibility: id } as unknown as T);
  }

  #before<T extends { visibility: number }>(
    items: Map<string, T>,
    sort: string,
    name: string,
    span: Span,
  ): T | undefined {
    const before = items.get(name);
    if (before === undefined)
      this.#refuse(`${sort} \`${name}\` is changed but no ${sort} by that name already exists`, span);
    else before.visibility = this.#next++;
    return before;
  }

  #sameSource(rule: Rule, source: string, span: Span): boolean {
    if (rule.source === '' || source === '' || rule.source === source) return true;
    this.#refuse(`rule \`${rule.name}\` has been re-defined with a different source`, span);
    return false;
  }

  #appendException(rule: Rule, exception: RuleException): void {
    const before = rule.exceptions.find(({ name }) => name === exception.name);
    if (before === undefined) {
      if (exception.values.length === 0)
        this.#refuse(`rule exception \`${exception.name}\` must have a list of values`, exception.span);
      else if (this.#judge(exception)) rule.exceptions = [...rule.exceptions, exception];
    } else if (exception.fields !== null || exception.comps !== null) {
      const what = exception.fields !== null ? 'fields' : 'comps';
      this.#refuse(
        `can not append exception ${what} to existing exception \`${exception.name}\`, only values`,
        exception.span,
      );
    } else {
      before.values = [...before.values, ...exception.values];
    }
  }

  /** Fills in the operators, and says whether the exception is one. */
  #judge(exception: RuleException): boolean {
    const { name, fields, span } = exception;
    const wrong = (message: string): false => {
      this.#refuse(`exception \`${name}\`: ${message}`, span);
      return false;
    };
    if (fields === null) return wrong('it must have `fields`, with a list of fields');
    if (isList(fields)) {
      exception.comps ??= fields.map(() => EQUAL);
      if (!isList(exception.comps) || exception.comps.length !== fields.length)
        return wrong('fields and comps lists must have equal length');
      const unknown = exception.comps.find((comp) => isList(comp) || !isOperator(comp.text));
      if (unknown !== undefined) return wrong(`\`${textOf(unknown)}\` is not a supported comparison operator`);
      return true;
    }
    exception.comps ??= IN;
    if (isList(exception.comps)) return wrong('fields and comps must both be strings');
    if (!takesList(exception.comps.text.trim()))
      return wrong('when fields is a single value, comps must be one of `in`, `pmatch`, `intersects`');
    return true;
  }

  #refuse(message: string, span: Span): void {
    this.#report(diagnose('L5201', message, span, REFUSED));
  }
}

export const isList = (entry: Entry): entry is readonly Entry[] => Array.isArray(entry);
const textOf = (entry: Entry): string => (isList(entry) ? 'a list' : entry.text);
const isOperator = (text: string): boolean => OPERATORS.includes(text.trim()) || hasModifier(text.trim());
const fixed = (text: string): PlacedText => ({ text, place: () => ({ source: 0, start: 0, end: 0 }) });
const EQUAL = fixed('=');
const IN = fixed('in');
const appended = (before: PlacedText, more: PlacedText, span: Span): PlacedText => joined([before, ' ', more], span);
