/** Look-ups into the specification's tables: fields and kinds by number and by name. */
import { FIELD_ALIASES, FIELDS, type FieldSpec } from '../spec/fields.ts';
import { KINDS, type KindSpec } from '../spec/kinds.ts';

const fieldsByName = new Map(FIELDS.map((field) => [field.name, field]));
for (const [alias, name] of Object.entries(FIELD_ALIASES)) fieldsByName.set(alias, named(name));
const fieldsById = new Map(FIELDS.map((field) => [field.id, field]));
const kindsByName = new Map(KINDS.map((kind) => [kind.name, kind]));
const kindsById = new Map(KINDS.map((kind) => [kind.id, kind]));

function named(name: string): FieldSpec {
  const field = fieldsByName.get(name);
  if (!field) throw new Error(`BUG: no field ${name} in the specification`);
  return field;
}

/** @param name a field's name or an alias of it; undefined for any other text */
export const fieldByName = (name: string): FieldSpec | undefined => fieldsByName.get(name);
export const fieldById = (id: number): FieldSpec | undefined => fieldsById.get(id);
export const kindByName = (name: string): KindSpec | undefined => kindsByName.get(name);
export const kindById = (id: number): KindSpec | undefined => kindsById.get(id);

/** @param name a field's own name: one that the specification does not have is a bug of the caller */
export const fieldId = (name: string): number => named(name).id;

/** The fields that stand at the head of an event and not among its values. */
export const KIND_FIELD = fieldId('event.kind');
export const TIME_FIELD = fieldId('event.time');
export const TRUNCATED_FIELD = fieldId('event.truncated');
