/** Random bundles in normal form: scopes, tiers, modes, defaults, rules of every shape. */
import type {
  Bytes,
  Expr,
  LabelTest,
  NormalForm,
  NormalPolicy,
  NormalRule,
  Scope,
  ScopeParts,
} from '../../vm/bundle/normal.ts';
import { ACTIONS, ERRNOS, KINDS, TIERS, WORKLOAD_CLASSES, type Action } from '../../vm/spec/index.ts';
import { randomExpr, randomFocus, type Focus } from './expression.ts';
import type { Random } from './random.ts';
import { fieldId, LABEL_KEYS, randomString } from './values.ts';

const NAMESPACE = fieldId('k8s.namespace');
const IMAGE = fieldId('container.image');

/** A glob for a value of a scope: mostly one that a person would write. */
function scopeGlob(r: Random, field: number): Bytes {
  const value = randomString(r, field)
    .slice(0, 60)
    .replace(/[*?[\]{},\\!]/g, '\\$&');
  return r.pick([
    value,
    value,
    `${value}*`,
    `*${value}`,
    '*',
    `${value.slice(0, 2)}?`,
    `{${value},x}`,
    '[a-k]*',
    '**',
    'registry.example/**',
  ]);
}
const globs = (r: Random, field: number): Bytes[] => r.list(r.between(1, 3), () => scopeGlob(r, field));
const labels = (r: Random): Record<string, Bytes[]> =>
  Object.fromEntries(r.list(r.between(1, 2), () => [r.pick(LABEL_KEYS), globs(r, NAMESPACE)]));

function labelTest(r: Random): LabelTest {
  const operator = r.pick(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
  const values =
    operator === 'In' || operator === 'NotIn' ? r.list(r.between(1, 3), () => randomString(r, NAMESPACE)) : [];
  return { key: r.pick(LABEL_KEYS), operator, values };
}

function scopeParts(r: Random, chance: number): ScopeParts {
  const given = <T>(make: () => T): T | undefined => (r.chance(chance) ? make() : undefined);
  const parts = {
    host: given(() => r.chance(0.5)),
    class: given(() =>
      r.list(r.between(1, 2), () => (r.chance(0.9) ? r.pick(WORKLOAD_CLASSES) : scopeGlob(r, NAMESPACE))),
    ),
    namespace: given(() => globs(r, NAMESPACE)),
    labels: given(() => labels(r)),
    matchExpressions: given(() => r.list(r.between(1, 2), () => labelTest(r))),
    image: given(() => globs(r, IMAGE)),
    container: given(() => globs(r, NAMESPACE)),
    node: given(() => labels(r)),
    cluster: given(() => labels(r)),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

export function randomScope(r: Random): Scope {
  if (r.chance(0.4)) return {};
  const parts = scopeParts(r, r.pick([0.1, 0.15, 0.3]));
  return r.chance(0.2) ? { ...parts, except: scopeParts(r, 0.15) } : parts;
}

/** `proc.fork` and `proc.exit` are never denied: only passing actions are well formed for them. */
const action = (r: Random, kinds: readonly number[]): Action => {
  const deniable = kinds.every((id) => KINDS.find((k) => k.id === id)?.deniable);
  return r.pick(deniable ? ACTIONS : (['allow', 'audit'] as const));
};

function randomRule(r: Random, focus: Focus, name: string, when: Expr): NormalRule {
  const kinds = r.some(focus.kinds, r.pick([0.2, 0.7, 1]));
  const noted = r.chance(0.2);
  const chosen = noted ? 'audit' : action(r, kinds);
  const failing = chosen !== 'allow' && chosen !== 'audit';
  return {
    name,
    kinds,
    when,
    unless: Array.from({ length: r.chance(0.15) ? r.between(1, 2) : 0 }, (_, n) => ({
      name: `but${n}`,
      when: randomExpr(r, focus, 1),
    })),
    action: chosen,
    errno: failing && r.chance(0.3) ? r.pick(Object.values(ERRNOS)) : 1,
    continue: noted,
  };
}

/** How large a bundle is and how it looks: each regime wakes another part of a planner. */
interface Regime {
  readonly policies: readonly [number, number];
  readonly rules: readonly [number, number];
  readonly depth: number;
}
const REGIMES: readonly Regime[] = [
  { policies: [1, 1], rules: [1, 1], depth: 1 },
  { policies: [1, 3], rules: [1, 6], depth: 2 },
  { policies: [1, 3], rules: [1, 6], depth: 4 },
  { policies: [4, 24], rules: [0, 3], depth: 1 },
  { policies: [1, 2], rules: [10, 60], depth: 1 },
];
/** Rare, because a bundle of this size costs as much as a hundred others. */
const LARGE: Regime = { policies: [1, 4], rules: [100, 300], depth: 1 };

const TIER_RANK: ReadonlyMap<string, number> = new Map(TIERS.map((tier, rank) => [tier, rank]));

function randomPolicy(r: Random, focus: Focus, regime: Regime, number: number): NormalPolicy {
  const name = `p${number}`;
  const names = r.between(...regime.rules);
  const same = r.chance(0.15) ? randomExpr(r, focus, 1) : null; // many rules on one key
  const rules = Array.from({ length: names }, (_, n) => {
    const when = randomExpr(r, focus, regime.depth);
    const shared: Expr = same === null ? when : { op: 'and', args: r.chance(0.5) ? [same, when] : [when, same] };
    return randomRule(r, focus, `r${n}`, shared);
  });
  const withDefault = r.chance(0.4) ? r.some(focus.kinds, 0.5) : [];
  return {
    name,
    mode: r.chance(0.7) ? 'enforce' : 'observe',
    tier: r.pick(TIERS),
    order: r.pick([1000, 1000, 1, 5, 100]),
    scope: randomScope(r),
    defaults: Object.fromEntries(withDefault.map((kind) => [kind, action(r, [kind])])),
    rules,
  };
}

export interface Draw {
  readonly normal: NormalForm;
  readonly focus: Focus;
}

/** @param focus what its rules are about; drawn where it is not given */
export function randomNormalForm(r: Random, focus: Focus = randomFocus(r)): Draw {
  const regime = r.chance(0.01) ? LARGE : r.pick(REGIMES);
  const policies = Array.from({ length: r.between(...regime.policies) }, (_, n) => randomPolicy(r, focus, regime, n));
  const rank = (p: NormalPolicy): number => (TIER_RANK.get(p.tier) ?? 0) * 10_000 + p.order;
  policies.sort((a, b) => rank(a) - rank(b)); // stable: position decides ties
  return { normal: { version: 1, policies }, focus };
}
