/** What the C host knows of the specification. */
import { ACTIONS, ERRORS, FIELDS, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { define } from './c-header.ts';
import { FLAG_BITS, HOST_KINDS, NONE, NUMBERS, SIZED_FIELDS } from './host.ts';
import { moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const constants = (prefix: string, values: readonly (readonly [name: string, value: number])[]): string =>
  `enum {\n${values.map(([name, value]) => `\t${constantName('LICTOR', prefix, name)} = ${value},`).join('\n')}\n};\n`;

/** Statuses stand in an enumeration of their own. */
const numbers = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .filter(([name]) => !name.startsWith('status'))
    .map(([name, value]) => define(constantName('LICTOR', name), `${value}u`))
    .join('\n');

/** By the number of the field, none left out: C++ has no initializers that name their place. */
const sizes: readonly number[] = Array.from(
  { length: Math.max(...SIZED_FIELDS.map(({ id }) => id)) + 1 },
  (_, id) => SIZED_FIELDS.find((field) => field.id === id)?.max ?? 0,
);

/** @returns `vm/hosts/c/lictor_spec.h` */
export const cHost = (): Target => ({
  path: 'vm/hosts/c/lictor_spec.h',
  text: `/* ${GENERATED} */
#ifndef LICTOR_SPEC_H
#define LICTOR_SPEC_H

/* SHA-256 of the module that this library is made from; the build checks it. */
${define('LICTOR_MODULE_DIGEST', `"${moduleDigest()}"`)}

/* What an event is about. */
${constants(
  'kind',
  HOST_KINDS.map(({ name, id }) => [name, id] as const),
)}
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
/* Bits of the fields that are sets of flags. */
${FLAG_BITS.map(({ field, name, bit }) => define(constantName('LICTOR', field, name), `(1ull << ${bit})`)).join('\n')}

/* Numbers that stand for none. */
${numbers(NONE)}

${numbers(NUMBERS)}

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
${sizes.map((bytes, id) => `\t${bytes}, /* ${id} */`).join('\n')}
};

#endif
`,
});
