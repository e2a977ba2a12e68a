/** Documents of Falco to a rule set: each item is read by its first key, as Falco's reader does. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, type Located, type LocatedMap, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import type { ForeignDocument } from '../system.ts';
import { Collector, type RuleChange } from './collect.ts';
import { priorityOf, type Entry, type Rule, type RuleException, type RuleSet } from './ruleset.ts';
import { whole, type PlacedText } from './text.ts';

/** The engine whose rule language is read. */
const ENGINE = [0, 63, 0] as const;
const INVALID = 'Falco refuses it with LOAD_ERR_YAML_VALIDATE';
const DEPRECATED = 'Falco says LOAD_DEPRECATED_ITEM';
const APPENDABLE = ['condition', 'output', 'desc', 'tags', 'exceptions'];
const REPLACEABLE = [
  ...APPENDABLE,
  'priority',
  'capture',
  'capture_duration',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
];
const RULE_KEYS = ['rule', ...REPLACEABLE, 'source', 'override', 'append'];

/** @param extraKeys of rules, which a dialect has beyond Falco's */
export function readItems(
  documents: readonly ForeignDocument[],
  extraKeys: readonly string[],
  report: Report,
): RuleSet {
  const reader = new Reader(extraKeys, report);
  for (const { root } of documents) for (const item of itemsOf(root)) reader.item(item);
  return reader.collector;
}

class Reader {
  readonly collector: Collector;
  readonly #report: Report;
  readonly #extraKeys: readonly string[];

  constructor(extraKeys: readonly string[], report: Report) {
    this.#report = report;
    this.#extraKeys = extraKeys;
    this.collector = new Collector(report);
  }

  item(item: Located): void {
    if (isScalar(item) && item.value === null) return;
    if (!isMap(item))
      return this.#wrong(
        `an item is a map, found ${describe(item)}`,
        headOf(item),
        'it defines a rule, a macro or a list',
      );
    if (get(item, 'required_engine_version') !== undefined) this.#engineVersion(item);
    else if (get(item, 'required_plugin_versions') !== undefined) this.#pluginVersions(item);
    else if (get(item, 'list') !== undefined) this.#list(item);
    else if (get(item, 'macro') !== undefined) this.#macro(item);
    else if (get(item, 'rule') !== undefined) this.#rule(item);
    else
      this.#report(
        diagnose(
          'L5002',
          'the item is no rule, macro or list',
          headOf(item),
          'Falco ignores it with LOAD_UNKNOWN_ITEM',
        ),
      );
  }

  #engineVersion(item: LocatedMap): void {
    this.#unknownKeys(item, ['required_engine_version']);
    const text = this.#text(item, 'required_engine_version');
    if (text === null) return;
    const parts = /^\d+$/.test(text.text) ? [0, Number(text.text), 0] : versionOf(text.text);
    const span = text.place(0, text.text.length);
    if (parts === null)
      return this.#wrong(`unable to parse engine version \`${text.text}\``, span, 'it is written `x.y.z`');
    const needed = parts.findIndex((part, n) => part !== ENGINE[n]);
    if (needed !== -1 && parts[needed] > ENGINE[needed])
      this.#report(
        diagnose(
          'L5201',
          `rules require engine version \`${text.text}\`, but what is read here is that of ${ENGINE.join('.')}`,
          span,
          'Falco refuses it with LOAD_ERR_VALIDATE',
        ),
      );
  }

  #pluginVersions(item: LocatedMap): void {
    this.#unknownKeys(item, ['required_plugin_versions']);
    const list = get(item, 'required_plugin_versions');
    if (list?.is !== 'list')
      return this.#wrong('`required_plugin_versions` is a list', headOf(list ?? item), 'each has `name` and `version`');
    for (const plugin of list.items) {
      if (!isMap(plugin)) this.#wrong('a plugin version is a map', headOf(plugin), 'it has `name` and `version`');
      else for (const key of ['name', 'version']) this.#text(plugin, key);
    }
  }

  #list(item: LocatedMap): void {
    this.#unknownKeys(item, ['list', 'items', 'append', 'override']);
    const name = this.#text(item, 'list');
    const values = this.#texts(item, 'items', true);
    const { append } = this.#changes(item, ['items'], ['items']);
    if (name === null || values === null) return;
    const list = { name: name.text, items: values, span: name.place(0, name.text.length) };
    if (append.has('*') || append.has('items')) this.collector.appendToList(list);
    else this.collector.defineList(list);
  }

  #macro(item: LocatedMap): void {
    this.#unknownKeys(item, ['macro', 'condition', 'append', 'override']);
    const name = this.#text(item, 'macro');
    const condition = this.#text(item, 'condition');
    const { append } = this.#changes(item, ['condition'], ['condition']);
    if (name === null || condition === null) return;
    const macro = { name: name.text, condition, span: name.place(0, name.text.length) };
    if (append.has('*') || append.has('condition')) this.collector.appendToMacro(macro);
    else this.collector.defineMacro(macro);
  }

  #rule(item: LocatedMap): void {
    this.#unknownKeys(item, [...RULE_KEYS, ...this.#extraKeys]);
    const named = this.#text(item, 'rule');
    if (named === null) return;
    const name = named.text;
    const span = named.place(0, name.length);
    const source = this.#optional(item, 'source')?.text ?? '';
    const { append, replace } = this.#changes(item, APPENDABLE, REPLACEABLE);
    if (append.has('*')) {
      const change = this.#change(item, new Set(APPENDABLE.filter((key) => get(item, key) !== undefined)), true);
      if (Object.keys(change).length === 0)
        this.#wrongRule('appended rule must have exceptions or condition property', span);
      else this.collector.appendToRule(name, change, source, span);
    } else if (append.size + replace.size > 0) {
      this.#overrides(item, append, replace);
      if (append.size > 0) this.collector.appendToRule(name, this.#change(item, append, true), source, span);
      if (replace.size > 0) this.collector.replaceInRule(name, this.#change(item, replace, false), source, span);
    } else if (['condition', 'output', 'desc', 'priority'].every((key) => get(item, key) === undefined)) {
      const enabled = this.#text(item, 'enabled');
      this.#report(
        diagnose(
          'L5207',
          `rule \`${name}\` is switched by \`enabled\` alone`,
          span,
          `${DEPRECATED}; use \`override: {enabled: replace}\``,
        ),
      );
      if (enabled !== null) this.collector.enableRule(name, this.#boolean(enabled) ?? true, span);
    } else {
      this.#define(item, name, span, source);
    }
  }

  #define(item: LocatedMap, name: string, span: Span, source: string): void {
    const keys = ['condition', 'output', 'desc', 'priority'].map((key) => this.#text(item, key));
    const [condition, output, description] = keys;
    const change = this.#change(
      item,
      new Set(
        REPLACEABLE.filter((key) => !['condition', 'output', 'desc'].includes(key) && get(item, key) !== undefined),
      ),
      false,
    );
    if (condition === null || output === null || description === null || change.priority === undefined) return;
    const extra = new Map(
      this.#extraKeys.flatMap((key) => {
        const value = get(item, key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
    const rule: Omit<Rule, 'index' | 'visibility' | 'home'> = {
      name,
      item,
      span,
      condition,
      output,
      description,
      priority: change.priority,
      tags: change.tags ?? [],
      exceptions: change.exceptions ?? [],
      enabled: change.enabled ?? true,
      source: source === '' ? 'syscall' : source,
      warnEventTypes: change.warnEventTypes ?? true,
      skipIfUnknown: change.skipIfUnknown ?? false,
      extra,
    };
    this.collector.defineRule(rule);
  }

  /** What an item says of some keys of a rule. */
  #change(item: LocatedMap, keys: ReadonlySet<string>, append: boolean): RuleChange {
    const change: { -readonly [K in keyof RuleChange]: RuleChange[K] } = {};
    const text = (key: string): PlacedText | undefined =>
      keys.has(key) ? (this.#text(item, key) ?? undefined) : undefined;
    const flag = (key: string): boolean | undefined => {
      const found = text(key);
      return found === undefined ? undefined : this.#boolean(found);
    };
    change.condition = text('condition');
    change.output = text('output');
    change.description = text('desc');
    change.enabled = flag('enabled');
    change.warnEventTypes = flag('warn_evttypes');
    change.skipIfUnknown = flag('skip-if-unknown-filter');
    const priority = text('priority');
    if (priority !== undefined) {
      change.priority = priorityOf(priority.text);
      if (change.priority === undefined) {
        const near = nearest(priority.text, [
          'emergency',
          'alert',
          'critical',
          'error',
          'warning',
          'notice',
          'info',
          'debug',
        ]);
        const help = near === null ? INVALID : `did you mean \`${near}\`? ${INVALID}`;
        this.#report(
          diagnose('L5004', `invalid priority \`${priority.text}\``, priority.place(0, priority.text.length), help),
        );
      }
    }
    if (keys.has('tags')) change.tags = this.#texts(item, 'tags', false)?.map((tag) => tag.text);
    if (keys.has('exceptions')) change.exceptions = this.#exceptions(item, append);
    return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as RuleChange;
  }

  #exceptions(item: LocatedMap, append: boolean): readonly RuleException[] {
    const node = get(item, 'exceptions');
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (node.is !== 'list') {
      this.#wrong('rule exceptions are a list', headOf(node), 'each has `name`, `fields`, `comps` and `values`');
      return [];
    }
    const found: RuleException[] = [];
    for (const exception of node.items) {
      if (!isMap(exception)) {
        this.#wrong('a rule exception is a map', headOf(exception), 'it has `name`, `fields`, `comps` and `values`');
        continue;
      }
      this.#unknownKeys(exception, ['name', 'fields', 'comps', 'values']);
      const name = this.#text(exception, 'name');
      if (name === null) continue;
      const span = name.place(0, name.text.length);
      if (found.some((other) => other.name === name.text))
        this.#report(
          diagnose('L5209', `multiple definitions of exception \`${name.text}\` in the same rule`, span, null),
        );
      const values = get(exception, 'values');
      if (values !== undefined && values.is !== 'list')
        this.#wrong(
          'rule exception values are a list',
          headOf(values),
          'each is a value, or a list of one for each field',
        );
      if (values === undefined && append)
        this.#report(diagnose('L5209', `exception \`${name.text}\` is appended to without values`, span, null));
      found.push({
        name: name.text,
        fields: entryOf(get(exception, 'fields')),
        comps: entryOf(get(exception, 'comps')),
        values: entriesOf(itemsOf(values)),
        span,
      });
    }
    return found;
  }

  /** `append: true` is `*`; what `override` says is checked. */
  #changes(
    item: LocatedMap,
    appendable: readonly string[],
    replaceable: readonly string[],
  ): { append: Set<string>; replace: Set<string> } {
    const append = new Set<string>();
    const replace = new Set<string>();
    const flag = this.#optional(item, 'append');
    if (flag !== null && this.#boolean(flag) === true) {
      append.add('*');
      const span = flag.place(0, flag.text.length);
      this.#report(diagnose('L5207', '`append` is deprecated', span, `${DEPRECATED}; use \`override\``));
    }
    const override = get(item, 'override');
    if (override === undefined) return { append, replace };
    if (!isMap(override)) {
      this.#wrong('`override` is a map', headOf(override), 'it has `append` or `replace` for keys of the item');
      return { append, replace };
    }
    if (append.size > 0) this.#wrong('`append` and `override` together', headOf(override), 'leave `append` out');
    for (const { key, value } of override.entries) {
      const operation = isScalar(value) ? value.text : '';
      const [allowed, set] = operation === 'append' ? [appendable, append] : [replaceable, replace];
      if (operation !== 'append' && operation !== 'replace')
        this.#wrong(`invalid override operation for \`${key.text}\``, headOf(value), 'it is `append` or `replace`');
      else if (!allowed.includes(key.text))
        this.#wrong(
          `\`${key.text}\` cannot be overridden by \`${operation}\``,
          key.span,
          `keys are ${allowed.join(', ')}`,
        );
      else set.add(key.text);
    }
    return { append, replace };
  }

  /** An override needs the key that it names, and a key its override. */
  #overrides(item: LocatedMap, append: Set<string>, replace: Set<string>): void {
    const named = new Set([...append, ...replace]);
    for (const key of named)
      if (get(item, key) === undefined) {
        this.#wrong(
          `an override for \`${key}\` was specified but \`${key}\` is not defined`,
          headOf(get(item, 'override') ?? item),
          `add \`${key}\``,
        );
        append.delete(key);
        replace.delete(key);
      }
    for (const { key } of item.entries)
      if (REPLACEABLE.includes(key.text) && !named.has(key.text))
        this.#wrong(
          `unexpected key \`${key.text}\`: no corresponding entry under \`override\` is defined`,
          key.span,
          'add it under `override`',
        );
  }

  /** A text that must be there, in whatever type YAML gives it. */
  #text(item: LocatedMap, key: string): PlacedText | null {
    const entry = item.entries.find((other) => other.key.text === key);
    if (entry === undefined) {
      this.#report(diagnose('L5005', `item has no mapping for key \`${key}\``, headOf(item), INVALID));
      return null;
    }
    const { value } = entry;
    if (!isScalar(value)) {
      this.#wrong(`\`${key}\` is a text, found ${describe(value)}`, headOf(value), 'write a text');
      return null;
    }
    if (value.broken) return null;
    if (value.value === null || value.text === '') {
      this.#wrong(`mapping for key \`${key}\` is empty`, entry.key.span, 'give it a value');
      return null;
    }
    return placed(value);
  }

  #optional(item: LocatedMap, key: string): PlacedText | null {
    const value = get(item, key);
    if (value === undefined || (isScalar(value) && (value.value === null || value.text === ''))) return null;
    return this.#text(item, key);
  }

  #texts(item: LocatedMap, key: string, needed: boolean): readonly PlacedText[] | null {
    const value = get(item, key);
    if (value === undefined) {
      if (needed) this.#text(item, key);
      return null;
    }
    if (value.is !== 'list') {
      this.#wrong(`\`${key}\` is a list, found ${describe(value)}`, headOf(value), 'write a list');
      return null;
    }
    return value.items.flatMap((one) => {
      if (isScalar(one)) return one.broken ? [] : [placed(one)];
      this.#wrong(`\`${key}\` has texts, found ${describe(one)}`, headOf(one), 'write texts');
      return [];
    });
  }

  #boolean(text: PlacedText): boolean | undefined {
    if (/^(y|yes|true|on)$/i.test(text.text)) return true;
    if (/^(n|no|false|off)$/i.test(text.text)) return false;
    this.#wrong(
      `\`${text.text}\` is neither \`true\` nor \`false\``,
      text.place(0, text.text.length),
      'write `true` or `false`',
    );
    return undefined;
  }

  #unknownKeys(item: LocatedMap, known: readonly string[]): void {
    for (const { key } of item.entries) {
      if (known.includes(key.text)) continue;
      const near = nearest(key.text, known);
      const help = near === null ? 'Falco ignores it with LOAD_UNKNOWN_KEY' : `did you mean \`${near}\`?`;
      this.#report(diagnose('L5002', `unknown key \`${key.text}\``, key.span, help));
    }
  }

  #wrong(message: string, span: Span, help: string): void {
    this.#report(diagnose('L5004', message, span, `${help}; ${INVALID}`));
  }

  #wrongRule(message: string, span: Span): void {
    this.#report(diagnose('L5201', message, span, 'Falco refuses it with LOAD_ERR_VALIDATE'));
  }
}

const placed = (scalar: LocatedScalar): PlacedText =>
  typeof scalar.value === 'string' ? { text: scalar.text, place: scalar.place } : whole(scalar.text, scalar.span);

/** Null where there is nothing. */
function entryOf(node: Located | undefined): Entry | null {
  if (node === undefined || node.is === 'map') return null;
  if (node.is === 'list') return entriesOf(node.items);
  return node.value === null ? null : placed(node);
}

const entriesOf = (nodes: readonly Located[]): readonly Entry[] =>
  nodes.map(entryOf).filter((entry): entry is Entry => entry !== null);

function versionOf(text: string): number[] | null {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text);
  return found === null ? null : found.slice(1).map(Number);
}
