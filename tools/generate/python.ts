/** What the Python host knows of the specification. */
import { ACTIONS, ERRORS, FIELDS, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { FLAG_FIELDS, HOST_KINDS, NONE, NUMBERS, SIZED_FIELDS } from './host.ts';
import { moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const members = (values: readonly (readonly [name: string, value: number, doc?: string])[]): string =>
  values.map(([name, value, doc]) => `    ${constantName(name)} = ${value}${doc ? `  # ${doc}` : ''}`).join('\n');

const assignments = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${constantName(name)} = ${value}`)
    .join('\n');

/** @returns `vm/hosts/python/lictor/spec.py` */
export const pythonSpec = (): Target => ({
  path: 'vm/hosts/python/lictor/spec.py',
  text: `# ${GENERATED}
"""Numbers of the specification."""

from enum import IntEnum, IntFlag

# SHA-256 of the module that this package was made for
MODULE_DIGEST = "${moduleDigest()}"


class Kind(IntEnum):
    """What an event is about."""

${members(HOST_KINDS.map(({ name, id, doc }) => [name, id, doc] as const))}


class Field(IntEnum):
    """Fields of an event, or of facts, with the type of their values."""

${members(FIELDS.map(({ name, id, type }) => [name, id, type] as const))}


class Action(IntEnum):
    """Of a verdict, by strictness."""

${members(ACTIONS.map((name, i) => [name, i] as const))}


class VerdictFlags(IntFlag):
    """What else there is to a verdict."""

${members(Object.entries(VERDICT_FLAGS))}


${assignments(NONE)}

${assignments(NUMBERS)}

# type of a field's values
FIELD_TYPES = {
${FIELDS.map(({ name, type }) => `    Field.${constantName(name)}: "${type}",`).join('\n')}
}

# bits of the fields that are sets of flags
FLAG_BITS = {
${FLAG_FIELDS.map(
  ({ name, values = [] }) =>
    `    Field.${constantName(name)}: {\n${values.map((flag, bit) => `        "${flag}": 1 << ${bit},`).join('\n')}\n    },`,
).join('\n')}
}

ERROR_TEXTS = {
${Object.values(ERRORS)
  .map(({ code, doc }) => `    ${code}: "${doc}",`)
  .join('\n')}
}

# how long a text, or a list, may be
FIELD_BYTES = {
${SIZED_FIELDS.map(({ name, max }) => `    Field.${constantName(name)}: ${max},`).join('\n')}
}
`,
});
