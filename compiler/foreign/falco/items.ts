/** Documents of Falco to a rule set: each item is read by its first key, as Falco's reader does. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, type Located, type LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import type { ForeignDocument } from '../system.ts';
import { Collector, type RuleChange } from './collect.ts';
import { INVALID } from './nodes.ts';
import { APPENDABLE, DEPRECATED, PartReader, REPLACEABLE } from './parts.ts';
import { priorityOf, type Rule, type RuleSet } from './ruleset.ts';
import type { PlacedText } from './text.ts';

/** The engine whose rule language is read. */
const ENGINE = [0, 63, 0] as const;
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

class Reader extends PartReader {
  readonly collector: Collector;
  readonly #extraKeys: readonly string[];

  constructor(extraKeys: readonly string[], report: Report) {
    super(report);
    this.#extraKeys = extraKeys;
    this.collector = new Collector(report);
  }

  item(item: Located): void {
    if (isScalar(item) && item.value === null) return;
    if (!isMap(item))
      return this.wrong(
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
      this.report(
        diagnose(
          'L5002',
          'the item is no rule, macro or list',
          headOf(item),
          'Falco ignores it with LOAD_UNKNOWN_ITEM',
        ),
      );
  }

  #engineVersion(item: LocatedMap): void {
    this.unknownKeys(item, ['required_engine_version']);
    const text = this.text(item, 'required_engine_version');
    if (text === null) return;
    const parts = /^\d+$/.test(text.text) ? [0, Number(text.text), 0] : versionOf(text.text);
    const span = text.place(0, text.text.length);
    if (parts === null)
      return this.wrong(`unable to parse engine version \`${text.text}\``, span, 'it is written `x.y.z`');
    const needed = parts.findIndex((part, n) => part !== ENGINE[n]);
    if (needed !== -1 && parts[needed] > ENGINE[needed])
      this.report(
        diagnose(
          'L5201',
          `rules require engine version \`${text.text}\`, but what is read here is that of ${ENGINE.join('.')}`,
          span,
          'Falco refuses it with LOAD_ERR_VALIDATE',
        ),
      );
  }

  #pluginVersions(item: LocatedMap): void {
    this.unknownKeys(item, ['required_plugin_versions']);
    const list = get(item, 'required_plugin_versions');
    if (list?.is !== 'list')
      return this.wrong('`required_plugin_versions` is a list', headOf(list ?? item), 'each has `name` and `version`');
    for (const plugin of list.items) {
      if (!isMap(plugin)) this.wrong('a plugin version is a map', headOf(plugin), 'it has `name` and `version`');
      else for (const key of ['name', 'version']) this.text(plugin, key);
    }
  }

  #list(item: LocatedMap): void {
    this.unknownKeys(item, ['list', 'items', 'append', 'override']);
    const name = this.text(item, 'list');
    const values = this.texts(item, 'items', true);
    const { append } = this.changes(item, ['items'], ['items']);
    if (name === null || values === null) return;
    const list = { name: name.text, items: values, span: name.place(0, name.text.length) };
    if (append.has('*') || append.has('items')) this.collector.appendToList(list);
    else this.collector.defineList(list);
  }

  #macro(item: LocatedMap): void {
    this.unknownKeys(item, ['macro', 'condition', 'append', 'override']);
    const name = this.text(item, 'macro');
    const condition = this.text(item, 'condition');
    const { append } = this.changes(item, ['condition'], ['condition']);
    if (name === null || condition === null) return;
    const macro = { name: name.text, condition, span: name.place(0, name.text.length) };
    if (append.has('*') || append.has('condition')) this.collector.appendToMacro(macro);
    else this.collector.defineMacro(macro);
  }

  #rule(item: LocatedMap): void {
    this.unknownKeys(item, [...RULE_KEYS, ...this.#extraKeys]);
    const named = this.text(item, 'rule');
    if (named === null) return;
    const name = named.text;
    const span = named.place(0, name.length);
    const source = this.optional(item, 'source')?.text ?? '';
    const { append, replace } = this.changes(item, APPENDABLE, REPLACEABLE);
    if (append.has('*')) {
      const change = this.#change(item, new Set(APPENDABLE.filter((key) => get(item, key) !== undefined)), true);
      if (Object.keys(change).length === 0)
        this.#wrongRule('appended rule must have exceptions or condition property', span);
      else this.collector.appendToRule(name, change, source, span);
    } else if (append.size + replace.size > 0) {
      this.overrides(item, append, replace);
      if (append.size > 0) this.collector.appendToRule(name, this.#change(item, append, true), source, span);
      if (replace.size > 0) this.collector.replaceInRule(name, this.#change(item, replace, false), source, span);
    } else if (['condition', 'output', 'desc', 'priority'].every((key) => get(item, key) === undefined)) {
      const enabled = this.text(item, 'enabled');
      this.report(
        diagnose(
          'L5207',
          `rule \`${name}\` is switched by \`enabled\` alone`,
          span,
          `${DEPRECATED}; use \`override: {enabled: replace}\``,
        ),
      );
      if (enabled !== null) this.collector.enableRule(name, this.boolean(enabled) ?? true, span);
    } else {
      this.#define(item, name, span, source);
    }
  }

  #define(item: LocatedMap, name: string, span: Span, source: string): void {
    const keys = ['condition', 'output', 'desc', 'priority'].map((key) => this.text(item, key));
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
      keys.has(key) ? (this.text(item, key) ?? undefined) : undefined;
    const flag = (key: string): boolean | undefined => {
      const found = text(key);
      return found === undefined ? undefined : this.boolean(found);
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
        this.report(
          diagnose('L5004', `invalid priority \`${priority.text}\``, priority.place(0, priority.text.length), help),
        );
      }
    }
    if (keys.has('tags')) change.tags = this.texts(item, 'tags', false)?.map((tag) => tag.text);
    if (keys.has('exceptions')) change.exceptions = this.exceptions(item, append);
    return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as RuleChange;
  }

  #wrongRule(message: string, span: Span): void {
    this.report(diagnose('L5201', message, span, 'Falco refuses it with LOAD_ERR_VALIDATE'));
  }
}

function versionOf(text: string): number[] | null {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text);
  return found === null ? null : found.slice(1).map(Number);
}
