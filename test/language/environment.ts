/** What expressions of these tests can refer to. */
import type { Environment, MacroDefinition } from '../../compiler/check/index.ts';
import { parseExpression } from '../../compiler/expression/index.ts';
import type { Span } from '../../compiler/diagnostics/index.ts';
import { KINDS } from '../../vm/spec/kinds.ts';

export const place = (start: number, end: number): Span => ({ source: 0, start, end });

const LISTS: Readonly<Record<string, readonly (string | number)[]>> = {
  shells: ['sh', 'bash'],
  'web-ports': [80, 443],
  networks: ['10.0.0.0/8', '::1'],
  patterns: ['/etc/*', '/usr/**'],
  empty: [],
  mixed: ['sh', 1],
};

const MACROS: Readonly<Record<string, string>> = {
  shell: 'proc.name in shells',
  either: 'shell or proc.interactive',
  circle: 'circle-b and true',
  'circle-b': 'not circle',
  broken: 'proc.nme = "x" or shel',
  file: 'file.path within "/etc"',
  ...Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`double${i + 1}`, `(double${i} or not double${i}) and proc.memfd`]),
  ),
  double0: 'proc.interactive',
  ...Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`deep${i + 1}`, `not (deep${i} and proc.memfd)`])),
  deep0: 'proc.interactive',
  ...Object.fromEntries(Array.from({ length: 9999 }, (_, i) => [`chain${i + 1}`, `chain${i}`])),
  chain0: 'proc.interactive',
};

const PARAMETERS: Readonly<Record<string, ReturnType<Environment['parameter']>>> = {
  word: { type: 'string', value: 'Prod', span: null },
  number: { type: 'integer', value: 5, span: null },
  yes: { type: 'boolean', value: true, span: null },
  peer: { type: 'address', value: '10.1.2.3', span: null },
  several: { type: 'list', value: ['a', 'b'], span: null },
};

/** Everything above, for rules of these kinds. */
export function environment(...kinds: readonly string[]): Environment {
  const macros = new Map<string, MacroDefinition>();
  return {
    list: (name) => (Object.hasOwn(LISTS, name) ? { values: LISTS[name], span: null } : undefined),
    macro(name) {
      if (!Object.hasOwn(MACROS, name)) return undefined;
      if (!macros.has(name)) macros.set(name, { node: parseExpression(MACROS[name], place).value, span: null });
      return macros.get(name);
    },
    parameter: (name) => (Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined),
    names: (sort) => Object.keys({ list: LISTS, macro: MACROS, parameter: PARAMETERS }[sort]),
    kinds: KINDS.filter((kind) => kinds.includes(kind.name)).map((kind) => kind.id),
  };
}
