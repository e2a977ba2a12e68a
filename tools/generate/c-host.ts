/** What the C host knows of the specification. */
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
import { define } from './c-header.ts';
import { moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const constants = (prefix: string, values: readonly (readonly [name: string, value: number])[]): string =>
  `enum {\n${values.map(([name, value]) => `\t${constantName('LICTOR', prefix, name)} = ${value},`).join('\n')}\n};\n`;

/** @returns `vm/hosts/c/lictor_spec.h` */
export const cHost = (): Target => ({
  path: 'vm/hosts/c/lictor_spec.h',
  text: `/* ${GENERATED} */
#ifndef LICTOR_SPEC_H
#define LICTOR_SPEC_H

/* SHA-256 of the module that this library is made from; the build checks it. */
${define('LICTOR_MODULE_DIGEST', `"${moduleDigest()}"`)}

/* What an event is about. */
${constants('kind', [['facts', 0], ...KINDS.map(({ name, id }) => [name, id] as const)])}
/* Fields of an event, or of facts. */
${constants(
  'field',
  FIELDS.map(({ name, id }) => [name, id] as const),
)}
${constants(
  'action',
  ACTIONS.map((name, i) => [name, i] as const),
)}
${constants('flag', Object.entries(VERDICT_FLAGS))}
${constants(
  'status',
  Object.entries(ERRORS).map(([name, { code }]) => [name, code] as const),
)}
${define('LICTOR_NO_RULE', `${NO_RULE}u`)}
${define('LICTOR_NO_POLICY', NO_POLICY)}
${define('LICTOR_NOTE_ACTUAL', '0x80000000u')}
${define('LICTOR_NOTE_AS_IF', '0x40000000u')}
${define('LICTOR_NOTE_NUMBER', '0x3fffffffu')}
${define('LICTOR_ABI_VERSION', 1)}
${define('LICTOR_VERDICT_BYTES', VERDICT.size)}
${define('LICTOR_RING_HEADER', RING.header)}
${define('LICTOR_RECORD_HEADER', RECORD.header)}
${define('LICTOR_RECORD_VERSION', RECORD_VERSION)}
${define('LICTOR_RECORD_KIND_AT', RECORD.kind)}
${define('LICTOR_RECORD_VERSION_AT', RECORD.version)}
${define('LICTOR_RECORD_SLOTS_AT', RECORD.slots)}
${define('LICTOR_RECORD_TIME_AT', RECORD.time)}
${define('LICTOR_RECORD_SUBJECT_AT', RECORD.subject)}
${define('LICTOR_RECORD_WORKLOAD_AT', RECORD.workload)}
${define('LICTOR_RECORD_SLOTS_MOST', LIMITS.recordSlots.value)}
${define('LICTOR_RECORD_BYTES_MOST', LIMITS.recordBytes.value)}
${define('LICTOR_SLOT_BYTES', RECORD.slot)}

static const struct {
\tint status;
\tconst char *text;
} lictor_statuses[] __attribute__((unused)) = {
${Object.values(ERRORS)
  .map(({ code, doc }) => `\t{${code}, "${doc}"},`)
  .join('\n')}
};

/* How long a text, or a list, may be, by field; 0: it is neither. */
static const unsigned int lictor_field_bytes[] __attribute__((unused)) = {
${FIELDS.filter(({ type }) => ['string', 'list', 'map'].includes(type))
  .map(({ id, max }) => `\t[${id}] = ${max},`)
  .join('\n')}
};

#endif
`,
});
