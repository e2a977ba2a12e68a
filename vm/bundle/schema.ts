/**
 * The shapes of what a bundle holds, for the reader: whatever a file says, its parts have the types that the code relies
 * on. That operands fit their operators is the compiler's promise, not checked again here.
 */
import * as z from 'zod/mini';
import { FIELDS } from '../spec/fields.ts';
import { KINDS } from '../spec/kinds.ts';
import { ACTIONS, TIERS } from '../spec/verdict.ts';
import type { Manifest } from './manifest.ts';
import type { Expr, NormalForm } from './normal.ts';

const text = z.string();
const integer = z.number().check(z.int(), z.gte(0));
const texts = z.array(text);
const textMap = z.record(text, text);
const action = z.enum(ACTIONS);

const span = z.object({ source: integer, start: integer, end: integer, line: integer, column: integer });

export const manifestSchema: z.ZodMiniType<Manifest> = z.object({
  format: z.literal(1),
  name: text,
  version: text,
  labels: textMap,
  policies: z.array(
    z.object({
      name: text,
      description: z.nullable(text),
      annotations: textMap,
      mode: z.enum(['enforce', 'observe']),
      tier: text,
      order: z.number(),
      span,
    }),
  ),
  rules: z.array(
    z.object({
      name: text,
      policy: integer,
      action,
      errno: z.nullable(text),
      continue: z.boolean(),
      kinds: texts,
      severity: z.nullable(text),
      tags: texts,
      message: z.nullable(text),
      log: z.enum(['audit', 'incident']),
      rateLimit: z.optional(z.object({ seconds: integer, scope: z.enum(['process', 'workload']) })),
      when: text,
      unless: z.array(z.object({ name: text, when: text, span })),
      span,
    }),
  ),
  sources: texts,
  kinds: texts,
  fields: texts,
  cost: z.record(text, z.number()),
  unknownCost: z.record(text, z.number()),
});

const bytes = z.string().check(z.regex(/^[\0-\xff]*$/));
const oneOf = (ids: ReadonlySet<number>) => z.number().check(z.refine((id) => ids.has(id), 'unknown number'));
const kind = oneOf(new Set(KINDS.map((known) => known.id)));
const fieldId = oneOf(new Set(FIELDS.map((known) => known.id)));
const decimal = z.string().check(z.regex(/^-?\d+$/));
const bit = integer.check(z.lt(64));

const fieldRef = z.object({
  field: fieldId,
  index: z.optional(integer),
  key: z.optional(bytes),
  mask: z.optional(decimal),
});
const address = bytes.check(z.length(16));
const constant = z.discriminatedUnion('is', [
  z.object({ is: z.literal('string'), value: bytes }),
  z.object({ is: z.literal('int'), value: decimal }),
  z.object({ is: z.literal('bool'), value: z.boolean() }),
  z.object({ is: z.literal('address'), value: address }),
  z.object({ is: z.literal('cidr'), value: address, bits: integer.check(z.lte(128)) }),
]);
const operand = z.union([
  constant,
  z.object({ is: z.literal('element') }),
  z.extend(fieldRef, { is: z.literal('field') }),
]);

const expr: z.ZodMiniType<Expr> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.object({ op: z.enum(['and', 'or']), args: z.array(expr) }),
    z.object({ op: z.literal('not'), arg: expr }),
    z.object({ op: z.literal('exists'), field: fieldRef }),
    z.object({ op: z.literal('truth'), of: fieldRef }),
    z.object({ op: z.literal('compare'), cmp: z.enum(['=', '<', '<=', '>', '>=']), left: operand, right: operand }),
    z.object({ op: z.literal('in'), left: operand, set: z.array(constant) }),
    z.object({
      op: z.enum(['startswith', 'endswith', 'contains']),
      fold: z.boolean(),
      left: operand,
      right: operand,
    }),
    z.object({ op: z.enum(['glob', 'matches']), fold: z.boolean(), left: operand, pattern: bytes }),
    z.object({ op: z.literal('within'), left: operand, right: operand }),
    z.object({ op: z.literal('flag'), field: fieldRef, bit }),
    z.object({ op: z.literal('has'), list: fieldRef, value: operand }),
    z.object({ op: z.literal('any'), list: fieldRef, test: expr }),
  ]),
);

const patterns = z.array(bytes);
const labelPatterns = z.record(bytes, patterns);
const scopeParts = z.object({
  host: z.optional(z.boolean()),
  class: z.optional(patterns),
  namespace: z.optional(patterns),
  labels: z.optional(labelPatterns),
  matchExpressions: z.optional(
    z.array(z.object({ key: bytes, operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']), values: patterns })),
  ),
  image: z.optional(patterns),
  container: z.optional(patterns),
  node: z.optional(labelPatterns),
  cluster: z.optional(labelPatterns),
});

export const normalSchema: z.ZodMiniType<NormalForm> = z.object({
  version: z.literal(1),
  policies: z.array(
    z.object({
      name: text,
      mode: z.enum(['enforce', 'observe']),
      tier: z.enum(TIERS),
      order: z.number(),
      scope: z.extend(scopeParts, { except: z.optional(scopeParts) }),
      defaults: z.record(z.string(), action) as unknown as z.ZodMiniType<Record<number, (typeof ACTIONS)[number]>>,
      rules: z.array(
        z.object({
          name: text,
          kinds: z.array(kind),
          when: expr,
          unless: z.array(z.object({ name: text, when: expr })),
          action,
          errno: integer.check(z.lt(256)),
          continue: z.boolean(),
        }),
      ),
    }),
  ),
});

export const sourcesSchema = z.array(z.object({ path: text, text }));
