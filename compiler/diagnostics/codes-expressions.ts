/** L2xxx: expressions. L20xx: how they are written, L21xx: what they mean. */
import type { CatalogueEntry } from './catalogue.ts';

const error = (title: string, text: string): CatalogueEntry & { severity: 'error' } => ({
  title,
  severity: 'error',
  text,
});

export const EXPRESSION_CODES = {
  L2001: error(
    'unexpected character',
    'The expression has a character that no token starts with. Strings stand in double quotes, comments start with `#`.',
  ),
  L2002: error(
    'string without an end',
    'A string starts with `"` and ends with `"` on the same line. Write a line break as `\\n`, a quote as `\\"`.',
  ),
  L2003: error(
    'unknown escape',
    'In a string, a backslash may be followed by `\\`, `"`, `n`, `t`, `r`, or `x` and two hexadecimal digits. ' +
      'A raw string, `r"…"`, takes every backslash as it is: good for patterns.',
  ),
  L2004: error(
    'not an integer',
    'Integers are decimal (`-1`, `443`), hexadecimal (`0xff`) or octal (`0o755`). A decimal integer does not start with a ' +
      'zero, because `0755` means different numbers in different languages. There are no fractions and no units. ' +
      'Addresses are strings: `"10.0.0.1"`.',
  ),
  L2005: error('integer out of range', 'Integers have 64 bits: from -9223372036854775808 to 18446744073709551615.'),
  L2006: error('syntax', 'Something else was expected here. The message says what.'),
  L2007: error(
    'nested too deeply',
    'Parentheses, `not` and macros may be nested to a limit (see the limits). Chains of `and` and `or` are not nesting. ' +
      'Remove needless parentheses or move parts to macros.',
  ),
  L2008: error('single quotes', "Strings stand in double quotes. Inside YAML, quote the whole expression with `'…'`."),
  L2009: error(
    'spelling of an operator',
    'Operators are words or signs of this language: `and`, `or`, `not`, `=`, `!=`, `in`, `startswith`, `endswith`, ' +
      '`contains`, `glob`, `matches`, `within`, `has`, `hasany`, `hasall`, all in lower case.',
  ),
  L2010: error('two tests without a link', 'Between two tests stands `and` or `or`.'),
  L2011: error('parentheses do not match', 'Every `(` needs its `)`, every `)` its `(`.'),
  L2012: error('expression too large', 'An expression may have a limited number of tests and set members. Use a list.'),
  L2013: error('too many errors', 'Further errors of this expression are not shown.'),
  L2014: error('not Unicode', 'The text holds half of a surrogate pair, which no bytes stand for. Use `\\xHH`.'),
  L2015: error('empty expression', 'An expression says when something holds. Write `true` for always.'),
  L2101: error('unknown field', 'No event has a field of this name. The reference lists all fields.'),
  L2102: error(
    'unknown name',
    'A bare word is a macro (as a test) or a list (as a set) of a Library among the sources. None has this name.',
  ),
  L2103: error('unknown parameter', 'No Library among the sources declares this parameter.'),
  L2104: error('unknown flag', 'A flag set has a closed list of names; the reference has it.'),
  L2105: error('macro that uses itself', 'Macros are values: a macro cannot use itself, not even through others.'),
  L2110: error('wrong type', 'The two sides of a test, or a field and an operator, do not go together.'),
  L2111: error(
    'not a condition',
    'Alone, only a boolean field, a masked integer, a macro, `true` or `false` is a condition. Ask whether a field is ' +
      'there with `exists(field)`.',
  ),
  L2112: error('values without an order', 'Only integers, and addresses of one family, have an order.'),
  L2113: error(
    'network after an equals sign',
    'An address equals an address. Write `within` or `in (…)` for a network.',
  ),
  L2114: error(
    'list without any or has',
    'A list has many elements. `any(list, test)` asks whether one element passes a test, `list has "x"` whether one equals ' +
      '`"x"`, `list[0]` takes one.',
  ),
  L2115: error('map without a key', 'Labels are taken by their key: `k8s.labels["app"]`.'),
  L2116: error('wrong index', 'Lists take an integer from 0, maps a string, other fields nothing.'),
  L2117: error('wrong mask', 'Only an integer field can be masked with `&`.'),
  L2118: error(
    'integer that the field cannot have',
    'Most integers are signed, arguments of system calls are unsigned.',
  ),
  L2119: error(
    'not an address',
    'Addresses are `"10.0.0.1"` or `"2001:db8::1"`; networks have a prefix: `"10.0.0.0/8"`.',
  ),
  L2120: error(
    'pattern that is not a literal',
    'The pattern of `glob` and `matches` is compiled with the policy: it must be a string, a parameter, or a list of strings.',
  ),
  L2121: error(
    'glob pattern',
    '`?` is one byte but `/`; `*` any but `/`; `**` anything, `**/` also nothing; `[a-z]`, `[!a]`; `{a,b}`; `\\` escapes.',
  ),
  L2122: error(
    'regular expression',
    'Expressions have the syntax of RE2, over bytes, and match the whole string. RE2 has no backreferences and no ' +
      'look-around. Not supported on bytes: `\\b`, `\\B`, `^` and `$` of `(?m)`, classes of Unicode properties, negated ' +
      'classes with characters outside ASCII.',
  ),
  L2123: error('not a time', 'Times are RFC 3339: `"2026-11-21T02:07:28Z"`, or integers of nanoseconds since 1970.'),
  L2124: error('not a directory', '`within` takes a directory, which is not empty, or a network.'),
} as const satisfies Record<string, CatalogueEntry>;
