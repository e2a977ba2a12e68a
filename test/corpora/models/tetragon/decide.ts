/** What Tetragon does at the hooks that an event of ours passes. */
import type { ModelDecision, ModelEvent, Unclear } from '../event.ts';
import { type Argument, binaryOf, knownHook } from './hooks.ts';
import { passes } from './operators.ts';
import type { Filter, Hook, Policy, Selector } from './policies.ts';

type Effect = ModelDecision['effect'];
const STRENGTH: readonly Effect[] = ['allow', 'audit', 'deny', 'kill'];

class Doubt extends Error {}

/** @returns the strongest of what the hooks of all policies do, each for itself */
export const decide = (policies: readonly Policy[], event: ModelEvent): ModelDecision | Unclear => {
  try {
    const found = policies
      .filter((policy) => applies(policy, event))
      .flatMap((policy) =>
        policy.hooks.flatMap((hook) => {
          const effect = atHook(hook, event);
          return effect === null
            ? []
            : [{ policy: policy.name, effect: policy.monitors && effect !== 'allow' ? 'audit' : effect }];
        }),
      );
    const effect = STRENGTH.findLast((one) => found.some((other) => other.effect === one)) ?? 'allow';
    const policy = found.find((one) => one.effect === effect)?.policy ?? null;
    return { effect, policy, matched: found.map((one) => one.policy) };
  } catch (error) {
    if (error instanceof Doubt) return { unclear: error.message };
    throw error;
  }
};

const applies = ({ namespace, labels, unclear }: Policy, event: ModelEvent): boolean => {
  if (unclear !== null) throw new Doubt(unclear);
  const inPod = event.k8s?.pod !== undefined;
  if (namespace !== null && (!inPod || event.k8s?.namespace !== namespace)) return false;
  return (
    labels === null || (inPod && Object.entries(labels).every(([key, value]) => event.k8s?.labels?.[key] === value))
  );
};

/** The first selector that matches acts; without selectors every call is posted. Null: the event does not pass, or none matches. */
const atHook = (hook: Hook, event: ModelEvent): Effect | null => {
  const known = knownHook(hook);
  if (known === undefined || !known.passes(event)) return null;
  if (hook.selectors.length === 0) return 'audit';
  const selector = hook.selectors.find((one) => selects(one, (index) => known.arguments[index]?.(event), event));
  return selector === undefined ? null : acts(selector);
};

const selects = (selector: Selector, argument: (index: number) => Argument | undefined, event: ModelEvent): boolean => {
  const { args, binaries, parents, capabilities, others } = selector;
  const binary = (filter: Filter, path: string | undefined): boolean => {
    if (filter.followChildren)
      return [path, ...(event.proc?.ancestors ?? [])].some((one) => one !== undefined && sure(filter, one));
    return sure(filter, path);
  };
  const tests = [
    ...args.map((filter) => () => sure(filter, argument(filter.index))),
    ...binaries.map((filter) => () => binary(filter, binaryOf(event))),
    ...parents.map((filter) => () => binary(filter, event.proc?.ppath)),
    ...capabilities.map((filter) => () => capable(filter, event)),
    ...others.map((name) => (): boolean => doubt(`the model does not judge ${name}`)),
  ];
  const results = tests.map(attempt);
  if (results.includes(false)) return false;
  const doubted = results.find((result) => result instanceof Doubt);
  if (doubted instanceof Doubt) throw doubted;
  return true;
};

/** Filters are all needed: what is doubtful does not matter where another one does not hold. */
const attempt = (test: () => boolean): boolean | Doubt => {
  try {
    return test();
  } catch (error) {
    if (error instanceof Doubt) return error;
    throw error;
  }
};

const doubt = (reason: string): never => {
  throw new Doubt(reason);
};

const sure = (filter: Filter, value: Argument | undefined): boolean => {
  if (value === undefined) return doubt(`argument ${filter.index} is not in the event`);
  return passes(filter, value) ?? doubt(`the model does not know ${filter.operator} of ${filter.values.join(', ')}`);
};

const capable = ({ of, operator, values }: Filter, { proc }: ModelEvent): boolean => {
  if (of !== 'Effective' || proc?.caps === undefined) return doubt('only effective capabilities are in the event');
  const some = values.some((value) => proc.caps!.includes(value.toLowerCase().replace(/^cap_/, '')));
  return operator === 'In' ? some : !some;
};

const acts = ({ actions, signal }: Selector): Effect => {
  if (actions.includes('Sigkill') || (actions.includes('Signal') && signal === 9)) return 'kill';
  if (actions.includes('Override')) return 'deny';
  const other = actions.find((action) => !/^(Post|NoPost|Signal)$/.test(action));
  if (other !== undefined) return doubt(`the model does not judge ${other}`);
  return actions.includes('NoPost') ? 'allow' : 'audit';
};
