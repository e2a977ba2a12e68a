/** Located values to typed ones, by a shape: the only place that reports what a document may not hold. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { describe, shorten, type Located, type LocatedMap, type LocatedScalar } from '../document/located.ts';
import type { ChoiceShape, IntegerShape, ObjectShape, Read, Shape, Text, TextShape } from './shape.ts';

/** Where findings go. */
export type Report = (diagnostic: Diagnostic) => void;

/**
 * Reads a value. What is wrong is reported and left out; what is wanted and missing is reported, and an empty value
 * marked `missing` stands for it, so that the rest can still be judged.
 *
 * @param head a short place for findings about the whole value: its key, say
 * @returns undefined where the value is of another type than the shape
 */
export function read<S extends Shape>(shape: S, node: Located, head: Span, report: Report): Read<S> | undefined {
  return readAny(shape, node, head, report) as Read<S> | undefined;
}

function readAny(shape: Shape, node: Located, head: Span, report: Report): unknown {
  if (node.is === 'scalar' && node.broken) return undefined;
  switch (shape.is) {
    case 'any':
      return node;
    case 'text':
      return readText(shape, node, head, report);
    case 'choice': {
      const found = readString(node, head, report);
      return found && isChoice(shape, found, report) ? found : undefined;
    }
    case 'expression':
      return node.is === 'scalar' && typeof node.value === 'boolean'
        ? { value: node.text, span: node.span, place: node.place }
        : readString(node, head, report);
    case 'boolean':
      if (node.is === 'scalar' && typeof node.value === 'boolean') return node;
      return wrong('`true` or `false`', node, head, report);
    case 'constant':
      if (node.is === 'scalar' && (typeof node.value === 'string' || typeof node.value === 'bigint')) return node;
      return wrong('a string or an integer', node, head, report);
    case 'integer':
      return readInteger(shape, node, head, report);
    case 'list': {
      const items = node.is === 'list' ? node.items : shape.orOne && node.is === 'scalar' ? [node] : null;
      if (items === null || (node.is === 'scalar' && node.value === null))
        return wrong(shape.orOne ? 'a value or a list' : 'a list', node, head, report);
      if (shape.filled && items.length === 0) report(diagnose('L1110', 'the list is empty', node.span, EMPTY));
      const value = items.map((item) => readAny(shape.of, item, headOf(item), report));
      return { value: value.filter((item) => item !== undefined), span: node.span };
    }
    case 'map': {
      if (node.is !== 'map') return wrong('a map', node, head, report);
      if (shape.filled && node.entries.length === 0) report(diagnose('L1110', 'the map is empty', node.span, EMPTY));
      const entries = [];
      for (const { key, value } of node.entries) {
        const name = shape.keys.is === 'text' ? readText(shape.keys, key, key.span, report) : textOf(key);
        if (name === undefined || (shape.keys.is === 'choice' && !isChoice(shape.keys, name, report))) continue;
        const made = readAny(shape.of, value, key.span, report);
        if (made !== undefined) entries.push({ key: name, value: made });
      }
      return { value: entries, span: node.span };
    }
    case 'object':
      return node.is === 'map' ? readObject(shape, node, head, report) : wrong('a map', node, head, report);
    case 'either': {
      const first = node.is === 'map' && node.entries.some(({ key }) => key.text === shape.key);
      return readAny(first ? shape.first : shape.other, node, head, report);
    }
  }
}

const EMPTY = 'leave the key out, or fill it';

/** A short place for findings about a value without a key: what it starts with. */
export function headOf(node: Located): Span {
  if (node.is === 'map' && node.entries.length > 0) return node.entries[0].key.span;
  if (node.is === 'list' && node.items.length > 0) return headOf(node.items[0]);
  return node.span;
}

function wrong(wanted: string, node: Located, head: Span, report: Report): undefined {
  const empty = node.is === 'scalar' && node.value === null && node.text === '';
  report(diagnose('L1106', `expected ${wanted}, found ${describe(node)}`, empty ? head : headOf(node)));
  return undefined;
}

const textOf = (node: LocatedScalar): Text => ({ value: node.text, span: node.span, place: node.place });

function readString(node: Located, head: Span, report: Report): Text | undefined {
  if (node.is !== 'scalar' || (node.value === null && node.text === '')) return wrong('a string', node, head, report);
  if (typeof node.value !== 'string') {
    report(
      diagnose('L1107', `expected a string, found ${describe(node)}`, node.span, `write \`"${shorten(node.text)}"\``),
    );
    return undefined;
  }
  return textOf(node);
}

const patterns = new Map<string, RegExp>();

function readText(shape: TextShape, node: Located, head: Span, report: Report): Text | undefined {
  const found = readString(node, head, report);
  if (found === undefined || shape.pattern === undefined) return found;
  let pattern = patterns.get(shape.pattern);
  if (pattern === undefined) patterns.set(shape.pattern, (pattern = new RegExp(`^(?:${shape.pattern})$`)));
  if (pattern.test(found.value)) return found;
  const { what } = shape;
  if (found.value.trim() === '') report(diagnose('L1110', 'the text is empty', found.span));
  else if (what?.startsWith('a ')) report(diagnose('L1109', `\`${shorten(found.value)}\` is not ${what}`, found.span));
  else report(diagnose('L1109', `\`${shorten(found.value)}\` is not a name`, found.span, `a name has ${what}`));
  return undefined;
}

function isChoice({ values }: ChoiceShape, { value, span }: Text, report: Report): boolean {
  if (values.includes(value)) return true;
  const near = nearest(value, values);
  const help = near !== null ? `did you mean \`${near}\`?` : `it is one of ${sequence(values)}`;
  report(diagnose('L1108', `unknown value \`${shorten(value)}\``, span, help));
  return false;
}

function readInteger({ min, max }: IntegerShape, node: Located, head: Span, report: Report): unknown {
  if (node.is !== 'scalar' || typeof node.value !== 'bigint') return wrong('an integer', node, head, report);
  if (node.value < BigInt(min) || node.value > BigInt(max)) {
    report(diagnose('L1111', `\`${shorten(node.text)}\` is not between ${min} and ${max}`, node.span));
    return undefined;
  }
  return { value: Number(node.value), span: node.span };
}

function readObject(shape: ObjectShape, node: LocatedMap, head: Span, report: Report): unknown {
  const made: Record<string, unknown> = { span: node.span, head };
  for (const { key, value } of node.entries) {
    const field = Object.hasOwn(shape.fields, key.text) ? shape.fields[key.text] : undefined;
    if (field === undefined) report(unknownKey(shape, key));
    else made[key.text] = readAny(field.shape, value, key.span, report);
  }
  if (shape.filled && node.entries.length === 0) report(diagnose('L1110', 'the map is empty', node.span, EMPTY));
  const present = new Set(node.entries.map(({ key }) => key.text));
  for (const [name, field] of Object.entries(shape.fields)) {
    if (!field.required || made[name] !== undefined) continue;
    if (!present.has(name)) {
      const hint = name === 'when' ? 'write `when: true` for always' : null;
      report(diagnose('L1105', `the key \`${name}\` is missing`, head, hint ?? `\`${name}\`: ${field.doc}`));
    }
    made[name] = standIn(field.shape, head);
  }
  return made;
}

function unknownKey(shape: ObjectShape, key: LocatedScalar): Diagnostic {
  const names = Object.keys(shape.fields);
  const near = nearest(key.text, names);
  const help =
    key.text === '<<'
      ? 'YAML 1.2 has no merge keys: write the keys out'
      : near !== null
        ? `did you mean \`${near}\`?`
        : `keys here are ${sequence(names)}`;
  return diagnose('L1104', `unknown key \`${shorten(key.text)}\``, key.span, help);
}

/** What stands for a value that is wanted and was not given, or not as it must be. */
function standIn(shape: Shape, span: Span): unknown {
  const missing = true;
  switch (shape.is) {
    case 'text':
      return { value: '', span, place: () => span, missing };
    case 'expression':
      return { value: 'true', span, place: () => span, missing };
    case 'choice':
      return { value: shape.values[0], span, missing };
    case 'list':
    case 'map':
      return { value: [], span, missing };
    case 'any':
      return { is: 'scalar', value: null, text: '', span, place: () => span };
    case 'object': {
      const fields = Object.entries(shape.fields).filter(([, field]) => field.required);
      return { span, head: span, ...Object.fromEntries(fields.map(([name, f]) => [name, standIn(f.shape, span)])) };
    }
    default:
      throw new Error(`BUG: no required value is ${shape.is}`);
  }
}

const sequence = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
