/** Exceptions of a rule as conditions, put together as text, as Falco does, so that values mean what they mean there. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { isList } from './collect.ts';
import { takesList } from './parse.ts';
import type { Entry, RuleException } from './ruleset.ts';
import { joined, whole, type Part, type PlacedText } from './text.ts';

/** @returns the condition; null without values; what is wrong with it as a string */
export function conditionOf({ fields, comps, values, span }: RuleException): PlacedText | string | null {
  if (values.length === 0 || fields === null || comps === null) return null;
  if (!isList(fields)) {
    if (isList(comps) || values.some(isList)) return 'expected values array to contain a list of strings';
    const items = values.flatMap((value, n) => [...(n > 0 ? [', '] : []), quotedItem(value as PlacedText)]);
    return joined([fields, ` ${comps.text.trim()} (`, ...items, ')'], span);
  }
  // The collector has said what is wrong.
  if (!isList(comps) || comps.length !== fields.length) return null;
  const parts: Part[] = [];
  for (const value of values) {
    if (!isList(value) || value.length !== fields.length) return 'fields and values lists must have equal length';
    if (parts.length > 0) parts.push(' or ');
    parts.push('(');
    for (const [n, field] of fields.entries()) {
      const comp = comps[n];
      if (isList(field) || isList(comp)) return 'fields and comps are lists of strings';
      if (n > 0) parts.push(' and ');
      parts.push(field, ` ${comp.text.trim()} `, ...written(value[n], comp.text.trim(), span));
    }
    parts.push(')');
  }
  return joined(parts, span);
}

function written(value: Entry, comp: string, span: Span): readonly Part[] {
  if (isList(value)) {
    const items = value.flatMap((item, n) => [...(n > 0 ? [', '] : []), isList(item) ? '""' : quotedItem(item)]);
    return ['(', ...items, ')'];
  }
  if (!takesList(comp)) return [quotedItem(value)];
  return value.text.startsWith('(') ? [value] : [whole(`(${value.text})`, value.place(0, value.text.length) ?? span)];
}

const quotedItem = (item: PlacedText): PlacedText =>
  item.text.includes(' ') && !/^["']/.test(item.text) ? whole(`"${item.text}"`, item.place(0, item.text.length)) : item;
