/**
 * (h) What policies of the corpora hold, in about their proportions: policies in three tiers, for everybody,
 * for hosts or for one workload each; some observed, some with defaults, some rules only noted. Shapes are in `shapes.ts`.
 */
import type { NormalPolicy, NormalRule, Scope } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { kind, normalForm, policy, rule, values } from './build.ts';
import { asking, type Family, type Question, type Values } from './family.ts';
import { scopeOf, workloadKey, workloadsOf } from './scopes.ts';
import { GLOBAL, programOf, SCOPED, type Shaped } from './shapes.ts';

/**
 * A hundred rules are six policies: two of ten rules, one of each shape, for everybody or for hosts; then four of twenty, one
 * of each shape, for one workload each, whose scopes have the four ways that there are.
 */
const BLOCK = 100;
const POLICIES = 6;
const GENERALS = 2;
const policyOf = (i: number): number => {
  const at = i % BLOCK;
  const general = GENERALS * GLOBAL.length;
  const within = at < general ? Math.floor(at / GLOBAL.length) : GENERALS + Math.floor((at - general) / SCOPED.length);
  return Math.floor(i / BLOCK) * POLICIES + within;
};

const isGeneral = (number: number): boolean => number % POLICIES < GENERALS;
const isForHosts = (number: number): boolean => number % (2 * POLICIES) === 1;
const workloadOf = (number: number): number =>
  Math.floor(number / POLICIES) * (POLICIES - GENERALS) + Math.max(0, (number % POLICIES) - GENERALS);

const READ = kind('file.read');
const EXEC = kind('exec');
const CONNECT = kind('net.connect');

const scoped = (number: number): Scope => {
  if (isForHosts(number)) return { host: true };
  return isGeneral(number) ? {} : scopeOf(workloadOf(number));
};

/** By turns each of the four policies for workloads. */
const isWithDefault = (number: number): boolean =>
  number % POLICIES === GENERALS + (Math.floor(number / POLICIES) % (POLICIES - GENERALS));

/** Tier, order, mode and defaults by the number of a policy. */
const frame = (number: number): Partial<NormalPolicy> => ({
  tier: number % 50 === 0 ? 'admin' : 'default',
  order: 1000 + (number % 3) * 10,
  mode: number % 9 === 4 ? 'observe' : 'enforce',
  scope: scoped(number),
  defaults: isWithDefault(number) ? { [READ]: 'audit' } : {},
});

const TIERS = ['admin', 'default', 'baseline'];
const inOrder = (a: NormalPolicy, b: NormalPolicy): number =>
  TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.order - b.order;

/** (h) */
export const mixture = (n: number, seed: number): Family => {
  const at = (i: number): Shaped => {
    const shapes = isGeneral(policyOf(i)) ? GLOBAL : SCOPED;
    return shapes[i % shapes.length](i, new Random(batchSeed(seed, i)));
  };
  const drafts: NormalRule[][] = [];
  for (let i = 0; i < n; i++) {
    const { wanted: _, ...given } = at(i);
    (drafts[policyOf(i)] ??= []).push(rule(i, given));
  }
  const policies = drafts.map((rules, number) => policy(`policy-${number}`, rules, frame(number))).sort(inOrder);
  const workloads = Math.max(1, workloadOf(drafts.length));

  const question = (kindId: number, own: Values, number: number, r: Random): Question => ({
    kind: kindId,
    values: own,
    ...(!isForHosts(number) && { workload: workloadKey(isGeneral(number) ? r.below(workloads) : workloadOf(number)) }),
  });
  const last = lastOf(policies);
  const hit = (i: number, r: Random): Question => {
    const number = i === n - 1 ? last : i;
    const { kinds, wanted } = at(number);
    const known = { 'proc.path': programOf(1e8 + r.below(1e8)), 'proc.user': 'app', 'proc.uid': 1000n };
    return question(r.pick(kinds), values({ ...known, ...wanted(r) }), policyOf(number), r);
  };
  const miss = (r: Random): Question => {
    const own = { 'proc.path': programOf(r.below(1e6)), 'proc.user': 'nobody', 'proc.uid': 65534n };
    const number = r.below(drafts.length);
    switch (r.below(4)) {
      case 0:
        return question(EXEC, values({ ...own, 'proc.cmdline': `tool --run ${r.below(1e6)} /srv/x` }), number, r);
      case 1:
        return question(
          CONNECT,
          values({
            ...own,
            'net.remote_ip': `\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33${String.fromCharCode(r.below(256), r.below(256))}`,
            'net.remote_port': BigInt(1024 + r.below(60_000)),
            'net.protocol': 'tcp',
          }),
          number,
          r,
        );
      default:
        return question(
          READ,
          values({ ...own, 'file.path': `/srv/files/a${r.below(1e6)}/${r.below(1e6)}.txt` }),
          number,
          r,
        );
    }
  };
  return {
    normal: normalForm(...policies),
    events: asking(n, seed, hit, miss),
    workloads: workloadsOf(workloads),
  };
};

/** The number that the last rule in the order of decision was made with. */
const lastOf = (policies: readonly NormalPolicy[]): number => Number(policies.at(-1)!.rules.at(-1)!.name.slice(1));
