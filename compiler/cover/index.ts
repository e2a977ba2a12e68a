/** The policy about directories that follows from policies about files: see README.md. A pure function. */
import type { Expr, NormalForm, NormalPolicy, NormalRule, Scope } from '../../vm/bundle/normal.ts';
import { type Action, FIELDS, KINDS } from '../../vm/spec/index.ts';
import { planAndEmit } from '../backend.ts';
import { asksKind, isFalse, isTrue, and, not, simplify } from '../plan/simplify.ts';
import { lift } from './lift.ts';

const PATH = FIELDS.find(({ name }) => name === 'file.path')!.id;
/** Kinds that an open asks about. */
const OPENED = KINDS.filter(({ name }) => name === 'file.read' || name === 'file.write');

/** Rules about opens that a cover is derived from: each costs as much again as its own compiling. */
export const MOST_RULES = 4096;

/**
 * @param normal the policies
 * @returns the cover's program; empty where there is no cover, or none within the budget of a program
 */
export const coverProgram = (normal: NormalForm): Uint8Array => {
  const cover = coverOf(normal);
  const made = cover && planAndEmit(cover);
  return made && 'program' in made ? made.program : new Uint8Array(0);
};

/**
 * @param normal the policies
 * @returns policies whose plain `allow` of a question about a directory, for both kinds, says that the same kinds are plain
 * allows for it and all that stands directly in it; null where they would allow none, or where there is nothing to ask
 */
export const coverOf = (normal: NormalForm): NormalForm | null => {
  const asked = OPENED.filter(({ id }) => normal.policies.some((policy) => asks(policy, id)));
  if (asked.length === 0) return null;
  const rules = normal.policies.flatMap((policy) => policy.rules);
  if (rules.filter(({ kinds }) => asked.some(({ id }) => kinds.includes(id))).length > MOST_RULES) return null;
  const left = new Set(asked.map(({ id }) => id));
  const policies = normal.policies.map((policy) => coverPolicy(policy, left));
  const cover: NormalForm = { version: 1, policies };
  return asked.some(({ id }) => refusesAll(cover, id)) ? null : cover;
};

const asks = ({ rules, defaults }: NormalPolicy, kind: number): boolean =>
  defaults[kind] !== undefined || rules.some((rule) => rule.kinds.includes(kind));

/** @param left kinds for which the walk goes on; one that ends here for all workloads is taken out */
const coverPolicy = (policy: NormalPolicy, left: Set<number>): NormalPolicy => {
  const { name, mode, tier, order, scope, defaults } = policy;
  const known = new Set<string>();
  const rules: NormalRule[] = [];
  const add = (kinds: readonly number[], when: Expr, action: Action): void => {
    const key = `${kinds.join()} ${action} ${keyOf(when)}`;
    if (kinds.length === 0 || isFalse(when) || known.has(key)) return;
    known.add(key);
    const rest = { unless: [], action, errno: 1, continue: false };
    rules.push({ name: String(rules.length), kinds, when, ...rest });
    if (isTrue(when) && isEverywhere(scope)) for (const kind of kinds) left.delete(kind);
  };
  for (const rule of policy.rules) {
    const kinds = rule.kinds.filter((kind) => left.has(kind));
    const silent = mode === 'enforce' && rule.action === 'allow';
    for (const [of, condition] of conditionsOf(rule, kinds)) {
      const { may, must } = lift(condition);
      if (silent) add(of, must, 'allow');
      // each alternative by itself is found by a key of its own, and many rules share some
      else for (const one of may.op === 'or' ? may.args : [may]) add(of, one, 'deny');
    }
  }
  const strict = Object.entries(defaults).flatMap(([kind, action]): [string, Action][] => {
    if (!left.has(Number(kind))) return [];
    return mode === 'enforce' && action === 'allow' ? [] : [[kind, 'deny']];
  });
  return { name, mode: 'enforce', tier, order, scope, defaults: Object.fromEntries(strict), rules };
};

/** Equal for equal conditions. Most are that one path is equal to a text. */
const keyOf = (e: Expr): string =>
  e.op === 'compare' && e.left.is === 'field' && e.left.field === PATH && e.right.is === 'string'
    ? `= ${e.right.value}`
    : JSON.stringify(e);

/** The condition under which a rule matches, for the kinds that share it. */
const conditionsOf = (rule: NormalRule, kinds: readonly number[]): readonly (readonly [readonly number[], Expr])[] => {
  const whole = and(rule.when, ...rule.unless.map(({ when }) => not(when)));
  if (!asksKind(whole)) return [[kinds, simplify(whole, '')]];
  return kinds.map((kind) => [[kind], simplify(whole, KINDS.find(({ id }) => id === kind)!.name)]);
};

const isEverywhere = (scope: Scope): boolean => Object.keys(scope).length === 0;

/** Whether no directory can be allowed: the first that decides refuses all, for every workload. */
const refusesAll = ({ policies }: NormalForm, kind: number): boolean => {
  for (const { scope, rules } of policies) {
    const own = rules.filter(({ kinds }) => kinds.includes(kind));
    const decides = own.findIndex(({ when, action }) => action === 'allow' || isTrue(when));
    if (decides < 0) continue;
    return own[decides].action === 'deny' && isEverywhere(scope);
  }
  return policies.some(({ scope, defaults }) => defaults[kind] !== undefined && isEverywhere(scope));
};
