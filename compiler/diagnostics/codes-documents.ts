/** L1xxx: documents. L10xx: YAML, L11xx: shape, L12xx: names and references, L13xx: what a rule or policy may say. */
import type { CatalogueEntry } from './catalogue.ts';

const error = (title: string, text: string): CatalogueEntry & { severity: 'error' } => ({
  title,
  severity: 'error',
  text,
});

export const DOCUMENT_CODES = {
  L1001: error('source too large', 'A source has a limit (see the limits). `--max-source-bytes` raises it.'),
  L1002: error('not UTF-8', 'Sources are UTF-8. In strings of expressions, other bytes are written `\\xHH`.'),
  L1003: error(
    'YAML syntax',
    'The text is not YAML 1.2 (JSON is YAML, too). Nothing else is said about this document.',
  ),
  L1004: error(
    'nested too deeply',
    'Lists and maps may be nested to a limit (see the limits). No document needs as much.',
  ),
  L1005: error(
    'tag',
    'A YAML tag (`!!str`, `!name`) changes the type of a value behind its back. Write the value itself.',
  ),
  L1006: error('directive', 'Sources are YAML 1.2 with the core schema; a directive cannot change that.'),
  L1007: error('key twice', 'A key may stand once in a map. YAML readers differ on which one they take.'),
  L1008: error('key that is no string', 'Keys are strings. Quote a key that reads as a number or as `true`.'),
  L1009: error(
    'aliases that expand too far',
    'Aliases may expand to a limited number of values in one document (see the limits). Use lists and macros of a Library.',
  ),
  L1010: error('unknown alias', 'An alias (`*name`) repeats the value with the anchor `&name` that stands before it.'),

  L1101: error(
    'not a document',
    'A document is a map with `apiVersion: lictor.dev/v1`, a `kind`, `metadata` and a `spec`.',
  ),
  L1102: error('unknown apiVersion', 'This compiler reads `lictor.dev/v1`.'),
  L1103: error('unknown kind', 'Kinds are Policy, Library, Exception, Overlay, PolicyTest and Bundle.'),
  L1104: error('unknown key', 'The map has a key that nothing reads. A misspelt key must not change what is enforced.'),
  L1105: error('missing key', 'The map lacks a key that it needs.'),
  L1106: error('wrong type', 'Another type of value is wanted here.'),
  L1107: error(
    'string without quotes',
    'A string is wanted, but YAML reads this text as a number, a boolean or null: `version: 1.20` is the number 1.2. ' +
      'Quote it.',
  ),
  L1108: error('unknown value', 'The key takes one of a closed list of values.'),
  L1109: error('not a name', 'Names have the characters that the message says.'),
  L1110: error(
    'empty',
    'The value is empty, and empty would mean nothing, or everything. Leave the key out or fill it.',
  ),
  L1111: error('out of range', 'The integer is not in the range of this key.'),
  L1112: error('not a date', 'Dates are `YYYY-MM-DD`, days that exist.'),
  L1113: error('keys that do not go together', 'The map says two things that exclude each other.'),

  L1201: error('name taken', 'Names are unique in a build, per sort: policies, libraries, lists, macros, rules, …'),
  L1202: error('unknown policy', 'No source has a policy of this name.'),
  L1203: error('unknown rule', 'The policy or the libraries have no rule of this name.'),
  L1204: error('unknown library', 'No source has a library of this name.'),
  L1205: error('unknown parameter', 'No library that is built in declares this parameter.'),
  L1206: error('parameter without a value', 'It has no default: give it with `--set name=value` or in a Bundle.'),
  L1207: error('value of a parameter', 'The value is not of the type that the parameter declares.'),
  L1208: error('two bundles', 'A build makes one bundle: give one Bundle document at most.'),
  L1209: error('name that no expression can use', 'Keywords of expressions cannot name lists, macros and parameters.'),

  L1301: error(
    'denied without effect',
    'fork and exit cannot be refused: `proc.fork` and `proc.exit` are never denied.',
  ),
  L1302: error(
    'continue without audit',
    'A rule with `continue: true` only notes a match: its action is `audit`. A `use` or an Overlay with another action takes `continue` away.',
  ),
  L1303: error(
    'exception expired',
    '`expires` is the last day (UTC) of the exception. Renew it, delete it, or build with `--allow-expired`.',
  ),
  L1304: error('scope pattern', 'Values of a scope are globs: `?`, `*`, `**`, `[a-z]`, `[!a]`, `{a,b}`; `\\` escapes.'),
  L1305: error('field of a message', 'In a message, `{field}` stands for the text of a field of the event.'),
  L1306: error('too many', 'A bundle has limits (see the limits): build several.'),
} as const satisfies Record<string, CatalogueEntry>;
