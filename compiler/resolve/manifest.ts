/** Resolved policies to the manifest: names, texts and places, by the numbers that verdicts carry. */
import type { Source, Span } from '../diagnostics/diagnostic.ts';
import type { Expr, FieldRef, Operand, ScopeParts } from '../../vm/bundle/normal.ts';
import type { Manifest, ManifestPolicy, ManifestRule, SourceSpan } from '../../vm/bundle/manifest.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { DEFAULT_ERRNO } from '../../vm/spec/verdict.ts';
import type { BundleDocument } from '../schema/documents.ts';
import { manifestSpans } from '../source/positions.ts';
import type { ResolvedPolicy } from './policy.ts';
import { FAILING } from './rule.ts';

/** Name and version of a build without a Bundle. */
const UNNAMED = { name: 'bundle', version: '0' };

/** @param policies those that are built in, in the order of decision */
export function manifestOf(
  policies: readonly ResolvedPolicy[],
  bundle: BundleDocument | undefined,
  sources: readonly Source[],
): Manifest {
  const place = manifestSpans(sources);
  const parts = policies.map((policy, number) => partOf(policy, number, place));
  const kinds = new Set(parts.flatMap((part) => [...part.kinds]));
  const fields = new Set(parts.flatMap((part) => [...part.fields]));
  return {
    format: 1,
    name: bundle?.spec.name?.value ?? bundle?.metadata?.name?.value ?? UNNAMED.name,
    version: bundle?.spec.version?.value ?? UNNAMED.version,
    labels: textsOf(bundle?.spec.labels?.value),
    policies: parts.map(({ policy }) => policy),
    rules: parts.flatMap(({ rules }) => rules),
    sources: sources.map(({ path }) => path),
    kinds: namesOf(KINDS, kinds),
    fields: namesOf(FIELDS, fields),
    cost: {},
    unknownCost: {},
  };
}

/** What a manifest says of one policy. */
interface Part {
  readonly number: number;
  readonly policy: ManifestPolicy;
  readonly rules: readonly ManifestRule[];
  /** Ids of kinds and fields that it needs. */
  readonly kinds: ReadonlySet<number>;
  readonly fields: ReadonlySet<number>;
}

/** A policy that is the same object stands where it stood in sources that are the same. */
const parts = new WeakMap<ResolvedPolicy, Part>();

function partOf(policy: ResolvedPolicy, number: number, place: (span: Span) => SourceSpan): Part {
  const kept = parts.get(policy);
  if (kept?.number === number) return kept;
  const made = makePart(policy, number, place);
  parts.set(policy, made);
  return made;
}

function makePart(policy: ResolvedPolicy, number: number, place: (span: Span) => SourceSpan): Part {
  const kinds = new Set<number>();
  const fields = new Set<number>();
  const { metadata } = policy.document;
  Object.keys(policy.defaults).forEach((kind) => kinds.add(Number(kind)));
  fieldsOfScope(policy.scope, fields);
  if (policy.scope.except !== undefined) fieldsOfScope(policy.scope.except, fields);
  const rules = policy.rules.map((rule): ManifestRule => {
    const action = rule.action.value;
    rule.kinds.forEach((kind) => kinds.add(kind));
    for (const { expr } of [rule.when, ...rule.unless]) visitFields(expr, ({ field }) => fields.add(field));
    return {
      name: rule.name.value,
      policy: number,
      action,
      errno: FAILING.has(action) ? (rule.errno ?? DEFAULT_ERRNO) : null,
      continue: rule.continue,
      kinds: namesOf(KINDS, new Set(rule.kinds)),
      severity: rule.severity,
      tags: rule.tags,
      message: rule.message,
      log: rule.log,
      ...(rule.rateLimit && { rateLimit: rule.rateLimit }),
      when: rule.when.text,
      unless: rule.unless.map(({ name, text, span, exception }) => ({
        name,
        when: text,
        span: place(span),
        ...(exception && { exception }),
      })),
      span: place(rule.span),
    };
  });
  return {
    number,
    policy: {
      name: policy.name.value,
      description: metadata.description?.value ?? null,
      annotations: textsOf(metadata.annotations?.value),
      mode: policy.mode === 'observe' ? 'observe' : 'enforce',
      tier: policy.tier,
      order: policy.order,
      span: place(policy.document.span),
    },
    rules,
    kinds,
    fields,
  };
}

const textsOf = (
  entries: readonly { readonly key: { value: string }; readonly value: { value: string } }[] = [],
): Record<string, string> => Object.fromEntries(entries.map(({ key, value }) => [key.value, value.value]));

const namesOf = (specs: readonly { id: number; name: string }[], ids: ReadonlySet<number>): string[] =>
  specs.filter(({ id }) => ids.has(id)).map(({ name }) => name);

/** Calls back for every field that an expression reads. */
export function visitFields(expr: Expr, found: (field: FieldRef) => void): void {
  const operand = (of: Operand): void => {
    if (of.is === 'field') found(of);
  };
  switch (expr.op) {
    case 'and':
    case 'or':
      return expr.args.forEach((arg) => visitFields(arg, found));
    case 'not':
      return visitFields(expr.arg, found);
    case 'exists':
    case 'flag':
      return found(expr.field);
    case 'truth':
      return found(expr.of);
    case 'has':
      found(expr.list);
      return operand(expr.value);
    case 'any':
      found(expr.list);
      return visitFields(expr.test, found);
    case 'in':
    case 'glob':
    case 'matches':
      return operand(expr.left);
    default:
      operand(expr.left);
      return operand(expr.right);
  }
}

const FIELD_IDS = new Map(FIELDS.map(({ id, name }) => [name, id]));

/** Fields that decide each part of a scope. */
const SCOPE_FIELDS: Readonly<Record<keyof ScopeParts, readonly string[]>> = {
  host: ['container.id'],
  class: ['host.class', 'k8s.pod', 'container.id'],
  namespace: ['k8s.namespace'],
  labels: ['k8s.labels'],
  matchExpressions: ['k8s.labels'],
  image: ['container.image'],
  container: ['container.name'],
  node: ['host.labels'],
  cluster: ['k8s.cluster_labels'],
};

function fieldsOfScope(parts: ScopeParts, fields: Set<number>): void {
  for (const [part, names] of Object.entries(SCOPE_FIELDS)) {
    if (parts[part as keyof ScopeParts] === undefined) continue;
    for (const name of names) fields.add(FIELD_IDS.get(name)!);
  }
}
