/** Shapes to JSON Schemas, for editors. */
import { DOCUMENTS } from './documents.ts';
import type { ObjectShape, Shape, TextShape } from './shape.ts';

/** JSON Schemas (draft 2020-12) by kind of document. */
export function schemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(DOCUMENTS).map(([kind, shape]) => [
      kind,
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `https://lictor.dev/schema/v1/${kind}.json`,
        title: kind,
        ...schemaOf(shape),
      },
    ]),
  );
}

function schemaOf(shape: Shape): object {
  switch (shape.is) {
    case 'text':
      return textSchema(shape);
    case 'choice':
      return { enum: shape.values };
    case 'integer':
      return { type: 'integer', minimum: shape.min, maximum: shape.max };
    case 'boolean':
      return { type: 'boolean' };
    case 'expression':
      return { type: ['string', 'boolean'], description: 'an expression' };
    case 'constant':
      return { type: ['string', 'integer'] };
    case 'any':
      return {};
    case 'list': {
      const items = schemaOf(shape.of);
      const array = { type: 'array', items, ...(shape.filled && { minItems: 1 }) };
      return shape.orOne ? { anyOf: [items, array] } : array;
    }
    case 'map':
      return {
        type: 'object',
        propertyNames: schemaOf(shape.keys),
        additionalProperties: schemaOf(shape.of),
        ...(shape.filled && { minProperties: 1 }),
      };
    case 'object':
      return objectSchema(shape);
    case 'either':
      return { anyOf: [objectSchema(shape.first), objectSchema(shape.other)] };
  }
}

const textSchema = ({ pattern }: TextShape): object => ({
  type: 'string',
  ...(pattern !== undefined && { pattern: `^(?:${pattern})$` }),
});

function objectSchema({ fields, filled }: ObjectShape): object {
  const entries = Object.entries(fields);
  const wanted = entries.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, { shape, doc }]) => [name, { ...schemaOf(shape), description: doc }]),
    ),
    ...(wanted.length > 0 && { required: wanted }),
    ...(filled && { minProperties: 1 }),
    additionalProperties: false,
  };
}
