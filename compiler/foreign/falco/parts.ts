/** Parts of Falco's items that are maps of their own: exceptions, and what an item overrides. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import { NodeReader, entriesOf, entryOf } from './nodes.ts';
import type { RuleException } from './ruleset.ts';

/** Falco's notice of what it will not read much longer. */
export const DEPRECATED = 'Falco says LOAD_DEPRECATED_ITEM';
export const APPENDABLE = ['condition', 'output', 'desc', 'tags', 'exceptions'];
export const REPLACEABLE = [
  ...APPENDABLE,
  'priority',
  'capture',
  'capture_duration',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
];

export class PartReader extends NodeReader {
  protected exceptions(item: LocatedMap, append: boolean): readonly RuleException[] {
    const node = get(item, 'exceptions');
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (node.is !== 'list') {
      this.wrong('rule exceptions are a list', headOf(node), 'each has `name`, `fields`, `comps` and `values`');
      return [];
    }
    const found: RuleException[] = [];
    for (const exception of node.items) {
      if (!isMap(exception)) {
        this.wrong('a rule exception is a map', headOf(exception), 'it has `name`, `fields`, `comps` and `values`');
        continue;
      }
      this.unknownKeys(exception, ['name', 'fields', 'comps', 'values']);
      const name = this.text(exception, 'name');
      if (name === null) continue;
      const span = name.place(0, name.text.length);
      if (found.some((other) => other.name === name.text))
        this.report(
          diagnose('L5209', `multiple definitions of exception \`${name.text}\` in the same rule`, span, null),
        );
      const values = get(exception, 'values');
      if (values !== undefined && values.is !== 'list')
        this.wrong(
          'rule exception values are a list',
          headOf(values),
          'each is a value, or a list of one for each field',
        );
      if (values === undefined && append)
        this.report(diagnose('L5209', `exception \`${name.text}\` is appended to without values`, span, null));
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
  protected changes(
    item: LocatedMap,
    appendable: readonly string[],
    replaceable: readonly string[],
  ): { append: Set<string>; replace: Set<string> } {
    const append = new Set<string>();
    const replace = new Set<string>();
    const flag = this.optional(item, 'append');
    if (flag !== null && this.boolean(flag) === true) {
      append.add('*');
      const span = flag.place(0, flag.text.length);
      this.report(diagnose('L5207', '`append` is deprecated', span, `${DEPRECATED}; use \`override\``));
    }
    const override = get(item, 'override');
    if (override === undefined) return { append, replace };
    if (!isMap(override)) {
      this.wrong('`override` is a map', headOf(override), 'it has `append` or `replace` for keys of the item');
      return { append, replace };
    }
    if (append.size > 0) this.wrong('`append` and `override` together', headOf(override), 'leave `append` out');
    for (const { key, value } of override.entries) {
      const operation = isScalar(value) ? value.text : '';
      const [allowed, set] = operation === 'append' ? [appendable, append] : [replaceable, replace];
      if (operation !== 'append' && operation !== 'replace')
        this.wrong(`invalid override operation for \`${key.text}\``, headOf(value), 'it is `append` or `replace`');
      else if (!allowed.includes(key.text))
        this.wrong(
          `\`${key.text}\` cannot be overridden by \`${operation}\``,
          key.span,
          `keys are ${allowed.join(', ')}`,
        );
      else set.add(key.text);
    }
    return { append, replace };
  }

  /** An override needs the key that it names, and a key its override. */
  protected overrides(item: LocatedMap, append: Set<string>, replace: Set<string>): void {
    const named = new Set([...append, ...replace]);
    for (const key of named)
      if (get(item, key) === undefined) {
        this.wrong(
          `an override for \`${key}\` was specified but \`${key}\` is not defined`,
          headOf(get(item, 'override') ?? item),
          `add \`${key}\``,
        );
        append.delete(key);
        replace.delete(key);
      }
    for (const { key } of item.entries)
      if (REPLACEABLE.includes(key.text) && !named.has(key.text))
        this.wrong(
          `unexpected key \`${key.text}\`: no corresponding entry under \`override\` is defined`,
          key.span,
          'add it under `override`',
        );
  }
}
