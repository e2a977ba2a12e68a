/**
 * Rules of kind `syscall` as checks of the filter: a call is notified where its verdict may be anything but a plain
 * allow, or may leave a record. So a call that no rule can be about costs nothing, and none is let through here that the
 * machine would refuse.
 */
import type { NormalForm, NormalPolicy, NormalRule } from '../../../vm/bundle/normal.ts';
import { fieldId, kindByName, type Event, type Value } from '../../../vm/event/index.ts';
import { scopeOf, type ScopeResult } from '../../../vm/reference/scope.ts';
import { SYSCALLS_END, syscallName } from '../../sensors/index.ts';
import { ALLOW, always, NOTIFY, type Check } from './checks.ts';
import { condition } from './conditions.ts';
import type { Node } from './graph.ts';
import { numbersOf } from './numbers.ts';

const KIND = kindByName('syscall')!.id;
const NAME = fieldId('syscall.name');
const NUMBER = fieldId('syscall.nr');
const ALWAYS = always(NOTIFY);
/** Rules about one call that are compiled; where there are more, every such call is asked. */
const MAX_RULES = 256;

/** A rule in the order of decision. */
interface Step {
  readonly rule: NormalRule;
  readonly numbers: ReadonlySet<number> | null;
  readonly enforced: boolean;
}

/** It lets pass, ends the decision, and leaves no record. */
const isPlain = ({ action, continue: goesOn }: NormalRule): boolean => action === 'allow' && !goesOn;

const covers = ({ rules, defaults }: NormalPolicy): boolean =>
  KIND in defaults || rules.some(({ kinds }) => kinds.includes(KIND));

const matches = ({ when, unless }: NormalRule, call: Event, yes: Node, no: Node, assumed: boolean): Node => {
  const excepted = { op: 'not', arg: { op: 'or', args: unless.map((exception) => exception.when) } } as const;
  return condition({ op: 'and', args: [when, excepted] }, call, yes, no, assumed);
};

/** @param end where calls go that no rule is about */
const graphOf = (steps: readonly Step[], call: Event, plain: Node, end: Node): Node =>
  steps.reduceRight((next, { rule, enforced }) => {
    if (!isPlain(rule)) return matches(rule, call, NOTIFY, next, true);
    return enforced && next !== plain ? matches(rule, call, plain, next, false) : next;
  }, end);

const eventOf = (nr: number): Event => ({
  kind: KIND,
  time: undefined,
  values: new Map<number, Value>([
    [NAME, syscallName(nr)!],
    [NUMBER, BigInt(nr)],
  ]),
});

/**
 * @param workload facts of the workload: policies whose scope does not hold for it are left out
 * @param all every call that a rule can be about is asked: plain allows are recorded too
 * @returns a check for each system call that has to be asked, by number
 */
export const ruleChecks = (
  normal: NormalForm,
  workload: ReadonlyMap<number, Value>,
  all: boolean,
): ReadonlyMap<number, Check> => {
  const subject: Event = { kind: KIND, time: undefined, values: workload };
  const scoped = normal.policies
    .filter(covers)
    .map((policy) => [policy, scopeOf(policy, subject).is] as const)
    .filter(([, scope]: readonly [NormalPolicy, ScopeResult['is']]) => scope !== 'out');
  const steps = scoped.flatMap(([{ rules, mode }]) =>
    rules
      .filter(({ kinds }) => kinds.includes(KIND))
      .map((rule): Step => ({ rule, numbers: numbersOf(rule.when), enforced: mode === 'enforce' })),
  );
  const everything = all || scoped.some(([, scope]) => scope === 'assumed');
  const refusing = scoped.some(([{ defaults }]) => (defaults[KIND] ?? 'allow') !== 'allow');
  const checks = new Map<number, Check>();
  for (let nr = 0; nr < SYSCALLS_END; nr++) {
    if (syscallName(nr) === null) continue;
    const about = steps.filter(({ numbers }) => numbers === null || numbers.has(nr));
    if (about.length === 0 && !refusing) continue;
    const call = eventOf(nr);
    const check: Check =
      everything || about.length > MAX_RULES
        ? ALWAYS
        : (otherwise) => graphOf(about, call, otherwise, refusing ? NOTIFY : otherwise);
    if (check(ALLOW) !== ALLOW) checks.set(nr, check);
  }
  return checks;
};
