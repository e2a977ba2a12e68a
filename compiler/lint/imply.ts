/**
 * Whether one condition implies another.
 *
 * INVARIANT (sound): `true` is a proof; `false` means only that none was found. Lints say what is certain, and keep
 * silent else. The work for one question is bounded.
 */
import type { Constant, Expr } from '../../vm/bundle/normal.ts';
import { conjuncts, disjuncts, fieldTest, isSame, operandsOf, presenceKey, type FieldTest } from './terms.ts';
import { allowedValues, contains, holds, interval, isBelow, textHolds, type Known } from './values.ts';

const STEPS = 2000;
/** Combinations of known values that are tried. */
const COMBINATIONS = 64;

/** Every event for which `a` holds is one for which `b` holds. */
export function implies(a: Expr, b: Expr): boolean {
  return prove(a, b, { steps: STEPS });
}

function prove(a: Expr, b: Expr, budget: { steps: number }): boolean {
  if (budget.steps-- <= 0) return false;
  if (isSame(a, b)) return true;
  if (b.op === 'and') return b.args.every((arg) => prove(a, arg, budget));
  if (a.op === 'or') return a.args.every((arg) => prove(arg, b, budget));
  const given = conjuncts(a);
  const goals = disjuncts(b);
  if (given.some((one) => goals.some((goal) => --budget.steps > 0 && proveTest(one, goal, budget)))) return true;
  if (everyCombination(a, (known) => holds(b, known) === true)) return true;
  // A goal that is a conjunction, or a term that is a choice: look inside.
  if (b.op === 'or' && b.args.some((goal) => goal.op === 'and' && prove(a, goal, budget))) return true;
  const choice = given.find(({ op }) => op === 'or');
  if (choice === undefined || a.op !== 'and') return false;
  const rest = given.filter((one) => one !== choice);
  return disjuncts(choice).every((one) => prove({ op: 'and', args: [one, ...rest] }, b, budget));
}

/** Whether something holds for all combinations of values that a condition allows; false where no value is known. */
export function everyCombination(expr: Expr, test: (known: Known) => boolean): boolean {
  let found = combinations.get(expr);
  if (found === undefined) combinations.set(expr, (found = combine(conjuncts(expr))));
  return found.length > 0 && found.every(test);
}

const combinations = new WeakMap<Expr, readonly Known[]>();

/** The combinations of the values that terms allow their fields; none where no value is known. */
function combine(terms: readonly Expr[]): readonly Known[] {
  const choices = new Map<string, readonly Constant[]>();
  for (const term of terms) {
    const allowed = allowedValues(term);
    if (allowed === null) continue;
    const before = choices.get(allowed.ref);
    if (before === undefined || allowed.values.length < before.length) choices.set(allowed.ref, allowed.values);
  }
  // Fields with the fewest values first; those that would make too many combinations stay unknown.
  let made: Map<string, Constant>[] = [new Map()];
  for (const [ref, values] of [...choices].sort(([, x], [, y]) => x.length - y.length)) {
    if (made.length * values.length > COMBINATIONS) break;
    made = made.flatMap((known) => values.map((value) => new Map(known).set(ref, value)));
  }
  return made[0] === undefined || made[0].size === 0 ? [] : made;
}

/** One term without `and`, `or` at its top implies another. */
function proveTest(a: Expr, b: Expr, budget: { steps: number }): boolean {
  if (isSame(a, b)) return true;
  if (b.op === 'not') return a.op === 'not' ? prove(b.arg, a.arg, budget) : excludes(a, b.arg);
  if (a.op === 'not') return false;
  if (b.op === 'exists') {
    const wanted = presenceKey(b.field);
    return operandsOf(a).some((ref) => presenceKey(ref) === wanted);
  }
  if (a.op === 'any' && b.op === 'any') {
    return presenceKey(a.list) === presenceKey(b.list) && prove(a.test, b.test, budget);
  }
  const [given, goal] = [fieldTest(a), fieldTest(b)];
  return given !== null && goal !== null && given.ref === goal.ref && proveFieldTest(given, goal);
}

function proveFieldTest(given: FieldTest, goal: FieldTest): boolean {
  const [members, networks] = [networksOf(given), networksOf(goal)];
  if (members !== null && networks !== null) {
    return members.every((member) => networks.some((network) => contains(network, member)));
  }
  const [from, to] = [interval(given), interval(goal)];
  if (from !== null && to !== null) {
    const [low, high] = from;
    const [least, most] = to;
    return (least === null || (low !== null && low >= least)) && (most === null || (high !== null && high <= most));
  }
  if (!('fold' in given) || !('fold' in goal)) return false;
  if (given.constant.is !== 'string' || goal.constant.is !== 'string') return false;
  const [text, part] = [given.constant.value, goal.constant.value];
  if (given.op === 'within') {
    if (goal.op === 'within') return isBelow(text, part);
    // The directory itself, without a trailing slash, is among the paths.
    return goal.op !== 'endswith' && textHolds(goal.op, goal.fold, text.replace(/\/+$/, ''), part);
  }
  // With case ignored, the text is not known, only its folded form.
  if (given.fold && !goal.fold) return false;
  if (goal.op === 'within') return given.op === 'startswith' && text.startsWith(`${part.replace(/\/+$/, '')}/`);
  if (goal.op === 'contains') return textHolds('contains', goal.fold, text, part);
  return given.op === goal.op && textHolds(goal.op, goal.fold, text, part);
}

/** A test of an address as a set of addresses and networks, or null. */
function networksOf(test: FieldTest): readonly Constant[] | null {
  const set = test.op === 'in' ? test.set : test.op === '=' || test.op === 'within' ? [test.constant] : null;
  return set !== null && set.every(({ is }) => is === 'address' || is === 'cidr') ? set : null;
}

/** No event passes both tests. */
export function excludes(a: Expr, b: Expr): boolean {
  const [first, second] = [fieldTest(a), fieldTest(b)];
  if (first === null || second === null || first.ref !== second.ref) return false;
  if (everyCombination(a, (known) => holds(b, known) === false)) return true;
  if (everyCombination(b, (known) => holds(a, known) === false)) return true;
  const [from, to] = [interval(first), interval(second)];
  if (from !== null && to !== null) return isBefore(from[1], to[0]) || isBefore(to[1], from[0]);
  const [one, other] = [prefixOf(first), prefixOf(second)];
  return one !== null && other !== null && !one.startsWith(other) && !other.startsWith(one);
}

const isBefore = (high: bigint | null, low: bigint | null): boolean => high !== null && low !== null && high < low;

/** What every text that passes starts with, or null. */
function prefixOf(test: FieldTest): string | null {
  if (!('fold' in test) || test.fold || test.constant.is !== 'string') return null;
  if (test.op === 'startswith') return test.constant.value;
  return test.op === 'within' ? test.constant.value.replace(/\/+$/, '') : null;
}
