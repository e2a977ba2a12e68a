/** Values of parameters: from `--set` (text), from a Bundle or a default (YAML), to what the declared type wants. */
import { isIP } from 'node:net';
import { diagnose } from '../diagnostics/index.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import type { ParameterDefinition, Value } from '../check/index.ts';
import { describe, shorten, type Located } from '../document/located.ts';
import type { Report } from '../schema/read.ts';

export type ParameterType = ParameterDefinition['type'];

const WANTED: Readonly<Record<ParameterType, string>> = {
  string: 'a string',
  integer: 'an integer',
  boolean: '`true` or `false`',
  address: 'an address or a network',
  list: 'a list of strings and integers',
};

/** A value of a declared type, or null: it was reported. */
export function valueOf(type: ParameterType, node: Located, head: Span, report: Report): ParameterDefinition | null {
  const made = fromYaml(type, node);
  if (made !== null) return { ...made, span: head };
  const quote = node.is === 'scalar' && node.value !== null && type === 'string' ? `write \`"${node.text}"\`` : null;
  report(diagnose('L1207', `expected ${WANTED[type]}, found ${describe(node)}`, node.span, quote));
  return null;
}

type Typed = ParameterDefinition extends infer D ? (D extends unknown ? Omit<D, 'span'> : never) : never;

function fromYaml(type: ParameterType, node: Located): Typed | null {
  if (node.is === 'map') return null;
  if (type === 'list') {
    const values: Value[] = [];
    for (const item of node.is === 'list' ? node.items : [node]) {
      if (item.is !== 'scalar' || (typeof item.value !== 'string' && typeof item.value !== 'bigint')) return null;
      values.push(item.value);
    }
    return { type, value: values };
  }
  if (node.is === 'list') return null;
  const { value } = node;
  if (type === 'integer') return typeof value === 'bigint' ? { type, value } : null;
  if (type === 'boolean') return typeof value === 'boolean' ? { type, value } : null;
  if (typeof value !== 'string') return null;
  return type === 'string' || isNetwork(value) ? { type, value } : null;
}

/**
 * The value of `--set name=text`: integers decimal, hexadecimal or octal, booleans `true` and `false`, lists separated
 * by commas. Members of a list are integers where those of the default are, or where there is no default and they read so.
 *
 * @returns null where the text is not of the type: it was reported
 */
export function valueOfText(
  name: string,
  declared: { readonly type: ParameterType; readonly fallback: ParameterDefinition | null },
  text: string,
  report: Report,
): ParameterDefinition | null {
  const made = fromText(declared.type, text, declared.fallback);
  if (made !== null) return { ...made, span: null };
  report(diagnose('L1207', `\`--set ${name}=${shorten(text)}\`: expected ${WANTED[declared.type]}`, null));
  return null;
}

function fromText(type: ParameterType, text: string, fallback: ParameterDefinition | null): Typed | null {
  switch (type) {
    case 'string':
      return { type, value: text };
    case 'integer':
      return INTEGER.test(text) ? { type, value: integerOf(text) } : null;
    case 'boolean':
      return text === 'true' || text === 'false' ? { type, value: text === 'true' } : null;
    case 'address':
      return isNetwork(text) ? { type, value: text } : null;
    case 'list': {
      const members = text === '' ? [] : text.split(',').map((member) => member.trim());
      const model = fallback?.type === 'list' ? fallback.value : null;
      const integers = model === null || (model.length > 0 && model.every((value) => typeof value === 'bigint'));
      if (model !== null && integers && !members.every((member) => INTEGER.test(member))) return null;
      return { type, value: members.map((member) => (integers && INTEGER.test(member) ? integerOf(member) : member)) };
    }
  }
}

const INTEGER = /^-?(?:\d{1,20}|0x[0-9a-fA-F]{1,16}|0o[0-7]{1,22})$/;
const integerOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

/** An address, or one with a prefix length. */
function isNetwork(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
