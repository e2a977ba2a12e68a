/**
 * The reference interpreter over the few rules that can matter to an event, so that a million rules are checked on many
 * events. A rule is left out where a part that it cannot hold without is false: a value that the event must have, a
 * directory that a path must begin with, a network, a text that must be inside, a part of the scope. This shares nothing
 * with the planner.
 */
import type { Expr, NormalForm, NormalPolicy, NormalRule, Scope } from '../../vm/bundle/normal.ts';
import { splitImage, valueOf, type Decision, type Event, type PlaneDecision } from '../../vm/event/index.ts';
import { FIELDS } from '../../vm/spec/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { ref } from '../families/build.ts';
import { runsOfExpression, runsOfGlob } from './inside.ts';

/** Something that must hold, as text; one of several. */
type Anchor = readonly string[];

/** A rule by its policy and place, or a policy's defaults (place -1). */
interface Place {
  readonly policy: number;
  readonly at: number;
}

const NAMESPACE = ref('k8s.namespace').field;
const IMAGE = ref('container.image').field;
const CONTAINER = ref('container.name').field;
const LABELS = ref('k8s.labels').field;

const ADDRESSES = new Set(FIELDS.filter(({ type }) => type === 'address').map(({ id }) => id));

const named = (field: number, value: string): string => `${field}\0${value}`;
const labelled = (key: string, value: string): string => `${LABELS}\0${key}\0${value}`;
const beginning = (field: number, directory: string): string => `${field}/\0${directory.replace(/\/+$/, '')}/`;
const literal = (values: readonly string[]): boolean => values.every((value) => !/[*?[{\\]/.test(value));

/** Bits of the first bytes of an address. */
const network = (field: number, address: string, bits: number): string => {
  const [whole, rest] = [bits >> 3, bits & 7];
  const last = rest === 0 ? '' : String.fromCharCode(address.charCodeAt(whole) & (0xff00 >> rest));
  return `${field}:${bits}\0${address.slice(0, whole)}${last}`;
};

/** Characters of a text that must be inside, which are enough to tell most rules apart. */
const GRAM = 4;
/** All runs of so many characters, without regard to case. */
const grams = (field: number, text: string): string[] => {
  const lower = text.toLowerCase();
  return Array.from({ length: Math.max(0, lower.length - GRAM + 1) }, (_, i) => {
    return `${field}~\0${lower.slice(i, i + GRAM)}`;
  });
};

/** Texts that a test's value must have inside. */
const runsOf = (when: Expr): readonly string[] => {
  if (when.op === 'glob') return runsOfGlob(when.pattern);
  if (when.op === 'matches') return runsOfExpression(when.pattern);
  const isAffix = when.op === 'contains' || when.op === 'endswith' || when.op === 'startswith';
  return isAffix && when.right.is === 'string' ? [when.right.value] : [];
};

/** Each gives a condition's necessary parts. */
const anchorsOf = (when: Expr): Anchor[] => {
  if (when.op === 'and') return when.args.flatMap(anchorsOf);
  if (when.op === 'or') {
    const parts = when.args.map((arg) => anchorsOf(arg)[0]);
    return parts.length > 0 && parts.every((part) => part !== undefined) ? [parts.flat()] : [];
  }
  if (!('left' in when) || when.left.is !== 'field' || when.left.index !== undefined || when.left.key !== undefined)
    return [];
  const { field } = when.left;
  if (when.op === 'compare' && when.cmp === '=' && when.right.is === 'string')
    return [[named(field, when.right.value)]];
  if (when.op === 'in' && when.set.every((member) => member.is === 'string'))
    return [when.set.map((member) => named(field, String(member.value)))];
  if (when.op === 'within' && when.right.is === 'cidr') return [[network(field, when.right.value, when.right.bits)]];
  if (when.op === 'within' && when.right.is === 'string') {
    return [[beginning(field, when.right.value), named(field, when.right.value.replace(/\/+$/, ''))]];
  }
  if (when.op === 'startswith' && !when.fold && when.right.is === 'string' && when.right.value.endsWith('/'))
    return [[beginning(field, when.right.value)]];
  return runsOf(when).flatMap((run) => grams(field, run).map((gram) => [gram]));
};

const scopeAnchors = ({ namespace, labels, matchExpressions, image, container }: Scope): Anchor[] => {
  const found: Anchor[] = [];
  if (namespace && literal(namespace)) found.push(namespace.map((value) => named(NAMESPACE, value)));
  if (container && literal(container)) found.push(container.map((value) => named(CONTAINER, value)));
  if (image && literal(image) && image.every((value) => splitImage(value).name === value))
    found.push(image.map((value) => named(IMAGE, value)));
  for (const [key, values] of Object.entries(labels ?? {}))
    if (literal(values)) found.push(values.map((value) => labelled(key, value)));
  for (const { key, operator, values } of matchExpressions ?? [])
    if (operator === 'In') found.push(values.map((value) => labelled(key, value)));
  return found;
};

/** What an event has of what rules can be anchored to. */
const heldBy = (event: Event, fields: readonly number[]): string[] => {
  const held: string[] = [];
  for (const field of fields) {
    const value = valueOf(event, field);
    if (typeof value !== 'string') continue;
    held.push(named(field, field === IMAGE ? splitImage(value).name : value));
    if (ADDRESSES.has(field)) {
      for (let bits = 0; bits <= 8 * value.length; bits++) held.push(network(field, value, bits));
      continue;
    }
    for (let end = value.indexOf('/'); end >= 0; end = value.indexOf('/', end + 1))
      held.push(`${field}/\0${value.slice(0, end + 1)}`);
    held.push(...grams(field, value));
  }
  const labels = valueOf(event, LABELS) as readonly string[] | undefined;
  for (let i = 0; labels && i < labels.length; i += 2) held.push(labelled(labels[i], labels[i + 1]));
  return held;
};

/**
 * @param normal any, but events of workloads whose metadata have not arrived are not for it
 * @returns what the reference decides
 */
export const oracle = (normal: NormalForm): ((event: Event) => Decision) => {
  const { policies } = normal;
  const firstRule: number[] = [];
  let rules = 0;
  const all: { readonly place: Place; readonly anchors: Anchor[] }[] = [];
  for (const [number, policy] of policies.entries()) {
    firstRule.push(rules);
    rules += policy.rules.length;
    const scope = scopeAnchors(policy.scope);
    if (Object.keys(policy.defaults).length > 0) all.push({ place: { policy: number, at: -1 }, anchors: scope });
    for (const [at, { when }] of policy.rules.entries())
      all.push({ place: { policy: number, at }, anchors: [...anchorsOf(when), ...scope] });
  }
  const { byAnchor, always } = hang(all);
  const fields = [...new Set([...byAnchor.keys()].map((key) => parseInt(key, 10)))].filter((f) => f !== LABELS);

  return (event) => {
    const places = new Set(always);
    for (const key of heldBy(event, fields)) for (const place of byAnchor.get(key) ?? []) places.add(place);
    const sorted = [...places].sort((a, b) => a.policy - b.policy || a.at - b.at);
    const kept = [...new Set(sorted.map(({ policy }) => policy))];
    const numbers: number[] = [];
    const few = kept.map((number): NormalPolicy => {
      const own: NormalRule[] = [];
      for (const { policy, at } of sorted) {
        if (policy !== number || at < 0) continue;
        own.push(policies[number].rules[at]);
        numbers.push(firstRule[number] + at);
      }
      return { ...policies[number], rules: own };
    });
    const decision = reference({ ...normal, policies: few }).decide(event);
    const plane = (p: PlaneDecision): PlaneDecision => ({
      ...p,
      policy: p.policy < 0 ? -1 : kept[p.policy],
      rule: p.rule < 0 ? -1 : numbers[p.rule],
      matches: p.matches.map((match) => numbers[match]),
    });
    return { ...decision, actual: plane(decision.actual), asIf: plane(decision.asIf) };
  };
};

/** Hangs each rule on the part that fewest rules have. */
const hang = (
  all: readonly { readonly place: Place; readonly anchors: readonly Anchor[] }[],
): { byAnchor: Map<string, Place[]>; always: Place[] } => {
  const popularity = new Map<string, number>();
  for (const { anchors } of all)
    for (const anchor of anchors) for (const key of anchor) popularity.set(key, (popularity.get(key) ?? 0) + 1);
  const most = (anchor: Anchor): number => anchor.reduce((sum, key) => Math.max(sum, popularity.get(key)!), 0);
  const byAnchor = new Map<string, Place[]>();
  const always: Place[] = [];
  for (const { place, anchors } of all) {
    if (anchors.length === 0) always.push(place);
    else {
      const rarest = anchors.reduce((a, b) => (most(b) < most(a) ? b : a));
      for (const key of rarest) {
        const places = byAnchor.get(key);
        if (places) places.push(place);
        else byAnchor.set(key, [place]);
      }
    }
  }
  return { byAnchor, always };
};
