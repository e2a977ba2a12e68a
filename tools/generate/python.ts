/** What the Python host knows of the specification. */
import {
  ACTIONS,
  ERRORS,
  FIELDS,
  KINDS,
  LIMITS,
  NO_POLICY,
  NO_RULE,
  RECORD,
  RECORD_VERSION,
  RING,
  VERDICT,
  VERDICT_FLAGS,
} from '../../vm/spec/index.ts';
import { moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const members = (values: readonly (readonly [name: string, value: number, doc?: string])[]): string =>
  values.map(([name, value, doc]) => `    ${constantName(name)} = ${value}${doc ? `  # ${doc}` : ''}`).join('\n');

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

${members([['facts', 0, 'of a subject or a workload'], ...KINDS.map(({ name, id, doc }) => [name, id, doc] as const)])}


class Field(IntEnum):
    """Fields of an event, or of facts, with the type of their values."""

${members(FIELDS.map(({ name, id, type }) => [name, id, type] as const))}


class Action(IntEnum):
    """Of a verdict, by strictness."""

${members(ACTIONS.map((name, i) => [name, i] as const))}


class VerdictFlags(IntFlag):
    """What else there is to a verdict."""

${members(Object.entries(VERDICT_FLAGS))}


NO_RULE = ${NO_RULE}
NO_POLICY = ${NO_POLICY}

ABI_VERSION = 1
VERDICT_BYTES = ${VERDICT.size}
RING_HEADER = ${RING.header}
RECORD_HEADER = ${RECORD.header}
RECORD_VERSION = ${RECORD_VERSION}
RECORD_SLOTS_MOST = ${LIMITS.recordSlots.value}
RECORD_BYTES_MOST = ${LIMITS.recordBytes.value}
SLOT_BYTES = ${RECORD.slot}
STATUS_MEMORY = ${ERRORS.memory.code}
STATUS_KEY = ${ERRORS.key.code}

ERROR_TEXTS = {
${Object.values(ERRORS)
  .map(({ code, doc }) => `    ${code}: "${doc}",`)
  .join('\n')}
}

# how long a text, or a list, may be
FIELD_BYTES = {
${FIELDS.filter(({ type }) => ['string', 'list', 'map'].includes(type))
  .map(({ name, max }) => `    Field.${constantName(name)}: ${max},`)
  .join('\n')}
}
`,
});
