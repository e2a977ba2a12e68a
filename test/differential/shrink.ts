/** Make a failing case small: greedily take the first smaller case that still fails, until none does. */
import { FALSE, TRUE, type Expr, type NormalForm, type NormalPolicy, type NormalRule } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/event.ts';
import type { Case, Delivery } from './case.ts';

const without = <T>(items: readonly T[], at: number): T[] => items.filter((_, n) => n !== at);
const replaced = <T>(items: readonly T[], at: number, item: T): T[] => items.map((old, n) => (n === at ? item : old));

/** Every variant of a list with one item smaller, by `smaller` of that item. */
function* each<T>(items: readonly T[], smaller: (item: T) => Iterable<T>): Generator<T[]> {
  for (const [at, item] of items.entries()) for (const less of smaller(item)) yield replaced(items, at, less);
}
/** Without a half, a quarter … one of its items: the large steps first. */
function* drops<T>(items: readonly T[]): Generator<T[]> {
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < items.length; at += size) yield [...items.slice(0, at), ...items.slice(at + size)];
}

const sizeOfExpr = (expr: Expr): number => JSON.stringify(expr).length;

function* exprs(expr: Expr): Generator<Expr> {
  if (expr !== TRUE && sizeOfExpr(expr) > sizeOfExpr(TRUE)) yield* [TRUE, FALSE];
  switch (expr.op) {
    case 'and':
    case 'or':
      yield* expr.args;
      for (const args of drops(expr.args)) yield { ...expr, args };
      for (const args of each(expr.args, exprs)) yield { ...expr, args };
      return;
    case 'not':
      yield expr.arg;
      for (const arg of exprs(expr.arg)) yield { ...expr, arg };
      return;
    case 'in':
      for (const set of drops(expr.set)) if (set.length > 0) yield { ...expr, set };
      return;
    case 'any':
      for (const test of exprs(expr.test)) yield { ...expr, test };
      return;
    case 'startswith':
    case 'endswith':
    case 'contains':
      if (expr.right.is === 'string')
        for (const value of strings(expr.right.value)) yield { ...expr, right: { is: 'string', value } };
      if (expr.fold) yield { ...expr, fold: false };
      return;
    case 'compare':
      if (expr.right.is === 'string')
        for (const value of strings(expr.right.value)) yield { ...expr, right: { is: 'string', value } };
  }
}

function* strings(text: string): Generator<string> {
  const middle = text.length >> 1;
  const parts = ['', text.slice(0, middle), text.slice(middle), text.slice(1), text.slice(0, -1)];
  yield* parts.filter((part) => part.length < text.length);
}

function* rules(rule: NormalRule): Generator<NormalRule> {
  for (const unless of drops(rule.unless)) yield { ...rule, unless };
  for (const when of exprs(rule.when)) yield { ...rule, when };
  for (const unless of each(rule.unless, smallerUnless)) yield { ...rule, unless };
  for (const kinds of drops(rule.kinds)) if (kinds.length > 0) yield { ...rule, kinds };
}
function* smallerUnless(but: NormalRule['unless'][number]): Generator<NormalRule['unless'][number]> {
  for (const when of exprs(but.when)) yield { ...but, when };
}

function* record<T>(of: Readonly<Record<string, T>>): Generator<Record<string, T>> {
  const entries = Object.entries(of);
  for (let at = 0; at < entries.length; at++) yield Object.fromEntries(without(entries, at));
}

function* policies(policy: NormalPolicy): Generator<NormalPolicy> {
  for (const scope of record(policy.scope as Record<string, unknown>)) yield { ...policy, scope };
  for (const defaults of record(policy.defaults)) yield { ...policy, defaults };
  for (const fewer of drops(policy.rules)) yield { ...policy, rules: fewer };
  for (const smaller of each(policy.rules, rules)) yield { ...policy, rules: smaller };
  if (policy.mode === 'observe') yield { ...policy, mode: 'enforce' };
}

function* bundles(normal: NormalForm): Generator<NormalForm> {
  for (const fewer of drops(normal.policies)) yield { ...normal, policies: fewer };
  for (const smaller of each(normal.policies, policies)) yield { ...normal, policies: smaller };
}

function* values(of: ReadonlyMap<number, Value>): Generator<ReadonlyMap<number, Value>> {
  for (const entries of drops([...of])) yield new Map(entries);
  for (const [field, value] of of) {
    if (typeof value === 'string' && value.length !== 16)
      for (const less of strings(value)) yield new Map([...of, [field, less]]);
    if (Array.isArray(value)) {
      for (const less of drops(value)) if (less.length % 2 === value.length % 2) yield new Map([...of, [field, less]]);
      for (const less of each(value as readonly string[], strings)) yield new Map([...of, [field, less]]);
    }
    if (typeof value === 'bigint' && value !== 0n) yield new Map([...of, [field, 0n]]);
  }
}

function* deliveries(d: Delivery): Generator<Delivery> {
  if (d.subject.size + d.workload.size > 0)
    yield {
      ...d,
      inline: new Map([...d.workload, ...d.subject, ...d.inline]),
      subject: new Map(),
      workload: new Map(),
    };
  if (d.time !== undefined) yield { ...d, time: undefined };
  for (const inline of values(d.inline)) yield { ...d, inline };
  for (const subject of values(d.subject)) yield { ...d, subject };
  for (const workload of values(d.workload)) yield { ...d, workload };
}

function* smaller({ normal, delivery }: Case): Generator<Case> {
  for (const less of bundles(normal)) yield { normal: less, delivery };
  for (const less of deliveries(delivery)) yield { normal, delivery: less };
}

/**
 * @param fails whether a case still shows the difference
 * @param tries cases to try at most
 */
export function shrink(start: Case, fails: (candidate: Case) => boolean, tries = 20_000): Case {
  let best = start;
  for (let again = true; again;) {
    again = false;
    for (const candidate of smaller(best)) {
      if (tries-- <= 0) return best;
      if (!fails(candidate)) continue;
      best = candidate;
      again = true;
      break;
    }
  }
  return best;
}
