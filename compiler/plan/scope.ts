/**
 * Scopes as conditions on the facts of workloads (semantics, sections 5.6 and 5.7). In a workload whose metadata have not
 * arrived, a part that reads them is neither true nor false: a scope then has a condition under which it holds for certain,
 * and one under which it could hold.
 */
import type { Bytes, Expr, FieldRef, LabelTest, Scope, ScopeParts } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { FIELDS, INTERNAL_FIELDS } from '../../vm/spec/index.ts';
import { accepts } from './pattern.ts';
import { and, not, or } from './simplify.ts';

export interface ScopeConditions {
  /** Of a workload that is known. */
  readonly holds: Expr;
  /** Of one that is not. */
  readonly certain: Expr;
  readonly could: Expr;
}

type Part = Pick<ScopeConditions, 'certain' | 'could'> & { readonly holds: Expr };

const field = (name: string): number => FIELDS.find((f) => f.name === name)!.id;
const CONTAINER_ID = field('container.id');
const CLASS = field('host.class');

const both = (e: Expr): Part => ({ holds: e, certain: e, could: e });
/** A test of metadata: true or false, once they are there. */
const later = (holds: Expr): Part => ({ holds, certain: FALSE, could: TRUE });
const all = (parts: readonly Part[]): Part => joined(parts, and);
const some = (parts: readonly Part[]): Part => joined(parts, or);
/** Parts that read no metadata stay one and the same condition, so that the plan serves both sorts of workloads. */
const joined = (parts: readonly Part[], join: (...args: readonly Expr[]) => Expr): Part => {
  const holds = join(...parts.map((p) => p.holds));
  if (parts.every(isSame)) return both(holds);
  return { holds, certain: join(...parts.map((p) => p.certain)), could: join(...parts.map((p) => p.could)) };
};
const isSame = ({ holds, certain, could }: Part): boolean => holds === certain && holds === could;
const negated = (p: Part): Part =>
  isSame(p) ? both(not(p.holds)) : { holds: not(p.holds), certain: not(p.could), could: not(p.certain) };

/** The conditions of a scope. */
export const scopeConditions = (scope: Scope): ScopeConditions => {
  const { except, ...parts } = scope;
  const own = all(partsOf(parts));
  // any part of `except` that holds takes the workload out
  return except ? all([own, negated(some(partsOf(except)))]) : own;
};

const partsOf = (parts: ScopeParts): Part[] => {
  const found: Part[] = [];
  if (parts.host !== undefined) {
    const container: Expr = { op: 'exists', field: { field: CONTAINER_ID } };
    found.push(both(parts.host ? not(container) : container));
  }
  if (parts.class) found.push(classOf(parts.class));
  if (parts.namespace) found.push(later(oneOf({ field: field('k8s.namespace') }, parts.namespace)));
  if (parts.container) found.push(later(oneOf({ field: field('container.name') }, parts.container)));
  if (parts.image) found.push(later(or(...parts.image.map(imageOf))));
  if (parts.labels) found.push(later(allLabels('k8s.labels', parts.labels)));
  if (parts.cluster) found.push(later(allLabels('k8s.cluster_labels', parts.cluster)));
  if (parts.node) found.push(both(allLabels('host.labels', parts.node)));
  if (parts.matchExpressions) found.push(later(and(...parts.matchExpressions.map(labelTest))));
  return found;
};

const allLabels = (map: string, labels: Readonly<Record<string, readonly Bytes[]>>): Expr =>
  and(...Object.entries(labels).map(([key, patterns]) => oneOf({ field: field(map), key }, patterns)));

/** A value that is absent matches none. */
const oneOf = (ref: FieldRef, patterns: readonly Bytes[]): Expr => or(...patterns.map((p) => matching(ref, p)));

const matching = (ref: FieldRef, pattern: Bytes): Expr =>
  /[*?[\]{}\\]/.test(pattern)
    ? { op: 'glob', fold: false, left: { is: 'field', ...ref }, pattern }
    : { op: 'compare', cmp: '=', left: { is: 'field', ...ref }, right: { is: 'string', value: pattern } };

/** A class that is not given follows from the metadata: a container's is `container` or `kubernetes`. */
const classOf = (patterns: readonly Bytes[]): Part => {
  const matches = (name: Bytes): boolean =>
    patterns.some((p) => accepts({ op: 'glob', fold: false, left: { is: 'element' }, pattern: p }, name));
  const names = ['container', 'kubernetes'].map(matches);
  const given: FieldRef = { field: INTERNAL_FIELDS.givenClass };
  const isGiven = oneOf(given, patterns);
  const notGiven = not({ op: 'exists', field: given });
  return {
    holds: oneOf({ field: CLASS }, patterns),
    certain: or(isGiven, names.every(Boolean) ? notGiven : FALSE),
    could: or(isGiven, names.some(Boolean) ? notGiven : FALSE),
  };
};

/** A pattern without tag and digest says nothing about the event's. */
const imageOf = (pattern: Bytes): Expr => {
  const at = pattern.indexOf('@');
  const name = at < 0 ? pattern : pattern.slice(0, at);
  const tagged = at >= 0 || name.lastIndexOf(':') > name.lastIndexOf('/');
  return matching({ field: tagged ? field('container.image') : INTERNAL_FIELDS.imageName }, pattern);
};

const labelTest = ({ key, operator, values }: LabelTest): Expr => {
  const label: FieldRef = { field: field('k8s.labels'), key };
  const exists: Expr = { op: 'exists', field: label };
  if (operator === 'Exists') return exists;
  if (operator === 'DoesNotExist') return not(exists);
  const within: Expr = {
    op: 'in',
    left: { is: 'field', ...label },
    set: values.map((value) => ({ is: 'string', value })),
  };
  return operator === 'In' ? within : not(within);
};
