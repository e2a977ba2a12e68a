/** Falco's rule files as conditions: lists put in as text, macros as trees, exceptions appended (rule_loader_collector.cpp, _compiler.cpp). */
import { parseAllDocuments } from 'yaml';
import { parseCondition, type Expression } from './condition.ts';

export interface Rule {
  readonly name: string;
  readonly enabled: boolean;
  readonly source: string;
  readonly condition: Expression;
}

/** Falco does not load the files. */
export class LoadError extends Error {}

type Plain = { readonly [key: string]: unknown };
type Item = string | readonly Item[];

interface ExceptionItem {
  readonly name: string;
  readonly fields: Item;
  readonly comps: Item;
  readonly values: readonly Item[];
}

interface Definition {
  readonly condition: string;
  readonly enabled: boolean;
  readonly source: string;
  readonly exceptions: readonly ExceptionItem[];
}

interface Loaded {
  readonly lists: Map<string, readonly string[]>;
  readonly macros: Map<string, string>;
  readonly rules: Map<string, Definition>;
}

const plain = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const text = (value: unknown): string => (typeof value === 'object' || value === undefined ? '' : String(value));
const items = (value: unknown): Item =>
  Array.isArray(value) ? value.map(items) : value === null || value === undefined ? '' : String(value as string);
const listed = (value: unknown): readonly Item[] => {
  const read = items(value);
  return typeof read === 'string' ? [] : read;
};

/**
 * @param files texts of rule files, in the order in which Falco is given them
 * @returns the rules of system calls in the order of their first definitions
 * @throws LoadError, ConditionError
 */
export const loadRules = (files: readonly string[]): Rule[] => {
  const loaded: Loaded = { lists: new Map(), macros: new Map(), rules: new Map() };
  for (const file of files) for (const item of itemsOf(file)) define(item, loaded);
  const lists = expanded(loaded.lists);
  const tree = (condition: string): Expression => parseCondition(withLists(condition, lists));
  const macros = new Map([...loaded.macros].map(([name, condition]) => [name, tree(condition)]));
  return [...loaded.rules]
    .filter(([, { source }]) => source === 'syscall')
    .map(([name, rule]) => ({
      name,
      enabled: rule.enabled,
      source: rule.source,
      condition: withMacros(tree(withExceptions(rule)), macros),
    }));
};

const itemsOf = (file: string): Plain[] =>
  parseAllDocuments(file).flatMap((document) => {
    if (!('contents' in document)) return [];
    if (document.errors.length > 0) throw new LoadError(document.errors[0].message);
    const root: unknown = document.toJS();
    if (root === null) return [];
    if (!Array.isArray(root)) throw new LoadError('the file is no list');
    return root.map((item) => {
      if (typeof item !== 'object' || item === null) throw new LoadError('an item is no map');
      return item as Plain;
    });
  });

/** Of the engine whose source was read: 0.63.0. */
const ENGINE = 63;
const minor = (version: unknown): number => Number(text(version).replace(/^\d+\.(\d+)\..*/, '$1'));

const define = (item: Plain, loaded: Loaded): void => {
  const override = plain(item.override);
  if ('required_engine_version' in item && minor(item.required_engine_version) > ENGINE) {
    throw new LoadError('the rules want a newer engine');
  }
  const appends = (key: string): boolean => item.append === true || override[key] === 'append';
  const known = (map: ReadonlyMap<string, unknown>, name: string, appended: boolean): void => {
    if (name === '') throw new LoadError('a name is missing');
    if ((appended || Object.keys(override).length > 0) && !map.has(name))
      throw new LoadError(`no \`${name}\` stands before`);
  };
  if ('list' in item) {
    const name = text(item.list);
    known(loaded.lists, name, appends('items'));
    const before = appends('items') ? loaded.lists.get(name)! : [];
    loaded.lists.set(name, [...before, ...listed(item.items).map(String)]);
  } else if ('macro' in item) {
    const name = text(item.macro);
    known(loaded.macros, name, appends('condition'));
    const before = appends('condition') ? `${loaded.macros.get(name)!} ` : '';
    loaded.macros.set(name, before + text(item.condition));
  } else if ('rule' in item) {
    const name = text(item.rule);
    known(loaded.rules, name, item.append === true);
    loaded.rules.set(name, ruleOf(item, override, loaded.rules.get(name)));
  }
};

const ruleOf = (item: Plain, override: Plain, before: Definition | undefined): Definition => {
  const exceptions = listed1(item.exceptions).map(exceptionOf);
  if (item.append === true || Object.keys(override).length > 0) return updated(item, override, before!, exceptions);
  if (before !== undefined && item.condition === undefined && item.enabled !== undefined) {
    return { ...before, enabled: item.enabled === true };
  }
  for (const key of ['condition', 'output', 'desc', 'priority']) {
    if (text(item[key]) === '') throw new LoadError(`a rule without \`${key}\``);
  }
  for (const { fields, comps, name } of exceptions) judge(name, fields, comps);
  return {
    condition: text(item.condition),
    enabled: item.enabled !== false,
    source: text(item.source) || 'syscall',
    exceptions,
  };
};

const updated = (
  item: Plain,
  override: Plain,
  before: Definition,
  exceptions: readonly ExceptionItem[],
): Definition => {
  const replaces = (key: string): boolean => override[key] === 'replace';
  const condition = text(item.condition);
  const merged = [...before.exceptions];
  for (const exception of replaces('exceptions') ? [] : exceptions) {
    const at = merged.findIndex(({ name }) => name === exception.name);
    if (at < 0) judge(exception.name, exception.fields, exception.comps);
    if (at < 0) merged.push(exception);
    else merged[at] = { ...merged[at], values: [...merged[at].values, ...exception.values] };
  }
  return {
    ...before,
    condition: replaces('condition') ? condition : `${before.condition} ${condition}`.trim(),
    enabled: replaces('enabled') ? item.enabled === true : before.enabled,
    exceptions: replaces('exceptions') ? exceptions : merged,
  };
};

const listed1 = (value: unknown): readonly Plain[] => (Array.isArray(value) ? value.map(plain) : []);

const exceptionOf = (value: Plain): ExceptionItem => {
  if (text(value.name) === '') throw new LoadError('an exception without a name');
  return {
    name: text(value.name),
    fields: items(value.fields),
    comps: items(value.comps),
    values: listed(value.values),
  };
};

const judge = (name: string, fields: Item, comps: Item): void => {
  if (fields === '') throw new LoadError(`exception \`${name}\` without fields`);
  if (typeof fields !== 'string' && comps !== '' && comps.length !== fields.length) {
    throw new LoadError(`fields and comps of exception \`${name}\` differ in length`);
  }
};

const quoted = (value: string): string => (value.includes(' ') && !/^["']/.test(value) ? `"${value}"` : value);

/** Exceptions are `and not` what they list, as text: fields together with `and`, sets of values with `or`. */
const withExceptions = ({ condition, exceptions }: Definition): string =>
  exceptions.length === 0
    ? condition
    : exceptions.reduce((all, exception) => {
        const body = exceptionText(exception);
        return body === '' ? all : `${all} and not ${body}`;
      }, `(${condition})`);

const exceptionText = ({ fields, comps, values }: ExceptionItem): string => {
  if (values.length === 0) return '';
  if (typeof fields === 'string') {
    return `(${fields} ${String(comps) || 'in'} (${values.map((value) => quoted(String(value))).join(', ')}))`;
  }
  const comparison = (k: number): string => (comps === '' ? '=' : String((comps as readonly Item[])[k]));
  const one = (set: Item): string =>
    fields
      .map((field, k) => {
        const value = (set as readonly Item[])[k];
        if (typeof value !== 'string')
          return `${String(field)} ${comparison(k)} (${value.map((v) => quoted(String(v))).join(', ')})`;
        const right = /^(in|intersects|pmatch)$/.test(comparison(k))
          ? value.replace(/^[^(].*$/s, '($&)')
          : quoted(value);
        return `${String(field)} ${comparison(k)} ${right}`;
      })
      .join(' and ');
  return `(${values.map((set) => `(${one(set)})`).join(' or ')})`;
};

/** Names of lists among the items of a list stand for the items that were written there: one level, and only of what stands before. */
const expanded = (lists: ReadonlyMap<string, readonly string[]>): [string, readonly string[]][] =>
  [...lists].map(([name, values]) => [
    name,
    values.flatMap((value) => (value === name ? [value] : (lists.get(value) ?? [value]))),
  ]);

const withLists = (condition: string, lists: readonly [string, readonly string[]][]): string =>
  lists.reduce((all, [name, values]) => {
    const between = new RegExp(`(^|[\\s(),=])${name.replace(/[^\w]/g, '\\$&')}(?=$|[\\s(),=])`, 'g');
    const put = all.replace(between, (_, before: string) => `${before} ${values.map(quoted).join(', ')} `);
    return values.length === 0 && put !== all ? put.replace(/,\s*(?=[,)])/g, '').replace(/\(\s*,/g, '(') : put;
  }, condition);

const withMacros = (
  expression: Expression,
  macros: ReadonlyMap<string, Expression>,
  open: readonly string[] = [],
): Expression => {
  switch (expression.is) {
    case 'check':
      return expression;
    case 'not':
      return { is: 'not', of: withMacros(expression.of, macros, open) };
    case 'macro': {
      const macro = macros.get(expression.name);
      if (!macro || open.includes(expression.name)) throw new LoadError(`undefined macro \`${expression.name}\``);
      return withMacros(macro, macros, [...open, expression.name]);
    }
    default:
      return { ...expression, of: expression.of.map((part) => withMacros(part, macros, open)) };
  }
};
