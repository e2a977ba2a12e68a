/** What the TypeScript host knows of the specification. */
import { ACTIONS, FIELDS, type FieldType, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { FLAG_FIELDS, HOST_KINDS, NONE, NUMBERS } from './host.ts';
import { moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

/** `proc.caller_path` → `procCallerPath` */
const memberName = (name: string): string => name.replace(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the record's head says, not a slot. */
const IN_THE_HEAD = ['event.kind', 'event.time'];
const fields = FIELDS.filter(({ name }) => !IN_THE_HEAD.includes(name));

/** Numbers by name, as a value and as the type of its members. */
const constants = (
  name: string,
  doc: string,
  members: readonly (readonly [name: string, value: number, doc?: string])[],
): string => `/** ${doc} */
export const ${name} = {
${members.map(([member, value, about]) => `${about ? `  /** ${about} */\n` : ''}  ${member}: ${value},`).join('\n')}
} as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;

/** The union of the numbers of some fields. */
const fieldsOf = (name: string, doc: string, ...types: readonly FieldType[]): string => `/** ${doc} */
export type ${name} =
${fields
  .filter(({ type }) => types.includes(type))
  .map(({ name: field }) => `  | typeof Field.${memberName(field)}`)
  .join('\n')};
`;

/** @returns `vm/hosts/javascript/generated/spec.ts` */
export const javascriptSpec = (): Target => ({
  path: 'vm/hosts/javascript/generated/spec.ts',
  text: `// ${GENERATED}

/** SHA-256 of the module that this package was made for. */
export const MODULE_DIGEST = '${moduleDigest()}';
export const ABI_VERSION = ${NUMBERS.abiVersion};
${Object.entries(NONE)
  .map(([name, value]) => `/** Stands for none. */\nexport const ${constantName(name)} = ${value};`)
  .join('\n')}

${constants(
  'Kind',
  'What an event is about.',
  HOST_KINDS.map(({ name, id, doc }) => [memberName(name), id, doc] as const),
)}
${constants(
  'Field',
  'Fields of events and of facts.',
  fields.map(({ name, id, type, doc }) => [memberName(name), id, `\`${name}\` (${type}): ${doc}`] as const),
)}
${fieldsOf('StringField', 'Fields that are strings.', 'string')}
${fieldsOf('AddressField', 'Fields that are addresses.', 'address')}
${fieldsOf('ListField', 'Fields that are lists of strings, or maps of them.', 'list', 'map')}
${fieldsOf('NumberField', 'Fields that are whole numbers.', 'int', 'uint')}
${fieldsOf('BoolField', 'Fields that are true or false.', 'bool')}
${fieldsOf('FlagsField', 'Fields that are sets of flags.', 'flags')}
/** Names of the flags by field, in the order of their bits. */
export const FLAGS: Readonly<Record<FlagsField, readonly string[]>> = {
${FLAG_FIELDS.map(({ id, values = [] }) => `  ${id}: [${values.map((flag) => `'${flag}'`).join(', ')}],`).join('\n')}
};

${constants(
  'Action',
  'Of a verdict, by strictness; up to `audit` the operation passes.',
  ACTIONS.map((name, i) => [name, i] as const),
)}
${constants('VerdictFlag', 'What else there is to a verdict: bits of its flags.', Object.entries(VERDICT_FLAGS))}`,
});
