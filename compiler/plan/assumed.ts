/**
 * What the rules of an assumed policy do (semantics, section 5.7). There a rule that lets pass ends its policy only, so that a
 * rule that denies may have to wait for it. Most need not: no rule before it can match the same event. Then it decides at
 * once, as in a policy that holds for certain, and a rule that lets pass and holds nothing back is not asked at all.
 */
import type { NormalPolicy, NormalRule } from '../../vm/bundle/normal.ts';
import { ACTIONS } from '../../vm/spec/index.ts';
import { canMeet, type Facts, factsOf } from './disjoint.ts';

/** What a policy does where it is assumed; rules are asked for by their position in it. */
export interface Effects {
  /** Whether what it says may be held back by an earlier rule, or hold a later one back. */
  waits(rule: number, kind: number): boolean;
  /** Whether it does nothing but end a policy that has nothing more to say. */
  isIdle(rule: number, kind: number): boolean;
  /** Whether some rule can end the policy before its default. */
  defaultWaits(kind: number): boolean;
}

/** Pairs of rules of one policy that are compared for one kind; where there are more, each rule waits. */
const MOST_PAIRS = 1 << 18;

const FAILING = ACTIONS.indexOf('deny');
/** Whether the rule ends its policy in silence. */
const letsPass = ({ action, continue: goesOn }: NormalRule): boolean => !goesOn && ACTIONS.indexOf(action) < FAILING;

/** Of one kind: the rules that let pass, and those that wait. Null: all wait. */
interface OfKind {
  readonly passing: ReadonlySet<number>;
  readonly waiting: ReadonlySet<number> | null;
}

/** The effects of a policy's rules. */
export const effectsOf = ({ rules, defaults }: NormalPolicy): Effects => {
  const facts: Facts[] = [];
  const kinds = new Map<number, OfKind>();
  const of = (kind: number): OfKind => {
    let known = kinds.get(kind);
    if (!known) kinds.set(kind, (known = compare(rules, kind, defaults[kind] !== undefined, facts)));
    return known;
  };
  return {
    waits: (rule, kind) => of(kind).waiting?.has(rule) ?? true,
    isIdle: (rule, kind) => letsPass(rules[rule]) && of(kind).waiting?.has(rule) === false,
    defaultWaits: (kind) => of(kind).passing.size > 0,
  };
};

const compare = (rules: readonly NormalRule[], kind: number, hasDefault: boolean, facts: Facts[]): OfKind => {
  const own = rules.flatMap((rule, i) => (rule.kinds.includes(kind) ? [i] : []));
  const passing = new Set(own.filter((i) => letsPass(rules[i])));
  if (passing.size * (own.length - passing.size) > MOST_PAIRS) return { passing, waiting: null };
  const factsAt = (i: number): Facts => (facts[i] ??= factsOf(rules[i].when));
  // before a default each rule that lets pass counts
  const waiting = new Set(hasDefault ? passing : []);
  const before: number[] = [];
  for (const i of own) {
    if (passing.has(i)) before.push(i);
    else {
      for (const earlier of before) {
        if (canMeet(factsAt(earlier), factsAt(i))) waiting.add(earlier).add(i);
      }
    }
  }
  return { passing, waiting };
};
