/** The text of a field, as messages and explanations show it. */
import type { Bytes } from '../bundle/normal.ts';
import type { FieldSpec } from '../spec/fields.ts';
import { formatAddress } from './address.ts';
import type { Value } from './event.ts';
import { TIME_FIELD } from './fields.ts';
import { flagNames, pairs } from './json.ts';
import { displayText } from './text.ts';
import { formatTime } from './time.ts';

/**
 * @returns texts as they are, bytes that are not UTF-8 as `\xHH`; list elements with a space between, flags and labels
 *   (`key=value`) with a comma
 */
export function valueText(field: FieldSpec, value: Value): string {
  switch (field.type) {
    case 'string':
      return displayText(value as Bytes);
    case 'address':
      return formatAddress(value as Bytes);
    case 'list':
      return (value as readonly Bytes[]).map(displayText).join(' ');
    case 'map':
      return pairs(value as readonly Bytes[])
        .map((pair) => pair.map(displayText).join('='))
        .join(',');
    case 'flags':
      return flagNames(field, value as bigint).join(',');
    default:
      return field.id === TIME_FIELD ? formatTime(value as bigint) : String(value);
  }
}
