/** Fields by their names: aliases, indexes, masks, and whether the rule's kinds have them. */
import type { FieldNode } from '../expression/ast.ts';
import { toText } from '../expression/bytes.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { FIELD_ALIASES, FIELDS, type FieldSpec, type FieldType } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { FieldRef } from '../../vm/bundle/normal.ts';
import type { Context } from './context.ts';
import { FIELD_HABITS } from './habits.ts';
import { typeName, type TypedValue } from './value.ts';

const BY_NAME: ReadonlyMap<string, FieldSpec> = new Map(FIELDS.map((spec) => [spec.name, spec]));
const NAMES = [...BY_NAME.keys(), ...Object.keys(FIELD_ALIASES)];
/** Groups that only events with such an object have. */
const OBJECTS: ReadonlySet<string> = new Set(KINDS.flatMap((kind) => kind.objects));
const HIGHEST_INDEX = 65535n;
const [MIN, MAX, MAX_UNSIGNED] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

const specOf = (name: string): FieldSpec | undefined =>
  BY_NAME.get(Object.hasOwn(FIELD_ALIASES, name) ? FIELD_ALIASES[name] : name);

function helpFor(name: string): string | null {
  if (Object.hasOwn(FIELD_HABITS, name)) return `here it is ${FIELD_HABITS[name]}`;
  const [group, member, ...rest] = name.split('.');
  const type = specOf(`${group}.${member}`)?.type;
  if (type === 'map') return `write \`${group}.${member}["${rest.join('.')}"]\``;
  const near = nearest(name, NAMES);
  return near === null ? null : `did you mean \`${near}\`?`;
}

/** Whether an event of one of the kinds can have the field. */
function isPresent(spec: FieldSpec, kinds: readonly number[]): boolean {
  const [group] = spec.name.split('.');
  return KINDS.some(
    (kind) =>
      kinds.includes(kind.id) &&
      (spec.kinds === undefined || spec.kinds.includes(kind.name)) &&
      (!OBJECTS.has(group) || kind.objects.includes(group)),
  );
}

function warnAbsent(spec: FieldSpec, node: FieldNode, context: Context): void {
  const { kinds } = context.env;
  // A macro serves rules of several kinds: what one of them lacks is no mistake of the macro.
  if (kinds.length === 0 || context.macros.length > 0 || context.warned.has(spec.id) || isPresent(spec, kinds)) return;
  context.warned.add(spec.id);
  const names = KINDS.filter((kind) => kinds.includes(kind.id)).map((kind) => `\`${kind.name}\``);
  const which = names.length > 3 ? 'the kinds of this rule' : names.join(', ');
  const having = KINDS.filter((kind) => isPresent(spec, [kind.id])).map((kind) => kind.name);
  const help = `kinds that have it: ${having.join(', ')}`;
  context.report('L3002', `\`${node.name}\` is never present in ${which}`, node.span, help);
}

/** Index into a list, key of a map; null: reported. */
function indexOf(spec: FieldSpec, node: FieldNode, context: Context): Pick<FieldRef, 'index' | 'key'> | null {
  const { index } = node;
  if (index === null) return {};
  if (spec.type === 'list') {
    if (index.kind === 'text')
      return context.report('L2116', `\`${node.name}\` is a list: its index is an integer`, index.span);
    if (index.value < 0n || index.value > HIGHEST_INDEX) {
      return context.report(
        'L2116',
        `\`${index.value}\` is no index of a list`,
        index.span,
        `indexes go from 0 to ${HIGHEST_INDEX}`,
      );
    }
    return { index: Number(index.value) };
  }
  if (spec.type !== 'map') {
    return context.report('L2116', `\`${node.name}\` is ${typeName(spec.type)}: it takes no index`, index.span);
  }
  if (index.kind === 'text') return { key: index.value };
  return context.report(
    'L2116',
    `\`${node.name}\` is a map: its key is a string`,
    index.span,
    `write \`["${index.value}"]\``,
  );
}

function maskOf(type: FieldType, node: FieldNode, context: Context): Pick<FieldRef, 'mask'> | null {
  const { mask } = node;
  if (mask === null) return {};
  if (type !== 'int' && type !== 'uint') {
    const help = type === 'flags' ? 'ask for a flag by its name with `has`' : null;
    return context.report('L2117', `\`${node.name}\` is ${typeName(type)}: it cannot be masked`, mask.span, help);
  }
  return fits(mask.value, type)
    ? { mask: String(mask.value) }
    : outOfRange(mask.value, type, node.name, mask.span, context);
}

export const fits = (value: bigint, type: 'int' | 'uint'): boolean =>
  type === 'uint' ? value >= 0n && value <= MAX_UNSIGNED : value >= MIN && value <= MAX;

export function outOfRange(
  value: bigint,
  type: 'int' | 'uint',
  name: string,
  span: FieldNode['span'],
  context: Context,
): null {
  const message =
    type === 'uint' && value < 0n
      ? `\`${name}\` is unsigned: it is never \`${value}\``
      : `\`${value}\` does not fit into the 64 bits of \`${name}\``;
  const unsigned = `write \`0x${BigInt.asUintN(64, value).toString(16)}\` for the same bits`;
  return context.report('L2118', message, span, type === 'uint' && value >= MIN ? unsigned : null);
}

/** The field with its index, without its mask. */
function written({ name, index }: FieldNode): string {
  if (index === null) return name;
  return `${name}[${index.kind === 'text' ? JSON.stringify(toText(index.value) ?? index.value) : index.value}]`;
}

/** A field with its index and mask; null: reported. */
export function resolveField(node: FieldNode, context: Context): TypedValue | null {
  const spec = specOf(node.name);
  if (!spec) return context.report('L2101', `there is no field \`${node.name}\``, node.span, helpFor(node.name));
  const at = indexOf(spec, node, context);
  if (!at) return null;
  const type = node.index === null ? spec.type : 'string';
  const mask = maskOf(type, node, context);
  if (!mask) return null;
  warnAbsent(spec, node, context);
  return {
    is: 'typed',
    type,
    operand: { is: 'field', field: spec.id, ...at, ...mask },
    spec,
    name: written(node),
    span: node.span,
  };
}
