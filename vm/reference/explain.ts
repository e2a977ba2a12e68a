/** Why an event is decided as it is: what became of each rule. */
import type { Expr, FieldRef, NormalForm, NormalRule, Operand } from '../bundle/normal.ts';
import type { Decision } from '../event/decision.ts';
import type { Event, Value } from '../event/event.ts';
import type { Action } from '../spec/verdict.ts';
import { consider, decide, endsPolicy, ruleMatches, type Considered } from './decide.ts';
import { fieldValue, holds } from './expression.ts';
import type { ScopeResult } from './scope.ts';

export interface Trace {
  readonly decision: Decision;
  /** Every policy, in order. */
  readonly policies: readonly PolicyTrace[];
  /** Every rule, in order: index = rule number. */
  readonly rules: readonly RuleTrace[];
}

export interface PolicyTrace {
  readonly policy: number;
  readonly scope: ScopeResult;
  /** What its defaults say of the event's kind, null for nothing. */
  readonly default: Action | null;
}

export interface RuleTrace {
  readonly policy: number;
  readonly rule: number;
  readonly outcome: Outcome;
}

export type Outcome =
  /** `part` of the policy's scope keeps the workload out: `namespace`, `except.image`. */
  | { readonly is: 'scope'; readonly part: string }
  | { readonly is: 'kind' }
  /** Not evaluated: the rule `by` decided before; `matches` says what it would have done. */
  | { readonly is: 'shadowed'; readonly by: number; readonly matches: boolean }
  | { readonly is: 'predicate'; readonly failed: readonly Reason[] }
  /** Its condition holds, and so does the exception of this index. */
  | { readonly is: 'unless'; readonly index: number; readonly reasons: readonly Reason[] }
  | {
      readonly is: 'matched';
      /**
       * `decides` the actual decision; `would`: the as-if decision alone; `noted` by `continue`; `ends` its policy, which
       * is assumed.
       */
      readonly role: 'decides' | 'would' | 'noted' | 'ends';
    };

/** A test that gave the rule its outcome. */
export interface Reason {
  /** From the whole expression down: the index of an argument, 0 for the one of `not`. */
  readonly path: readonly number[];
  readonly test: Expr;
  /** What the test gave. */
  readonly holds: boolean;
  /** The fields that it reads, with what the event has there. */
  readonly operands: readonly { readonly field: FieldRef; readonly value: Value | undefined }[];
}

export function explain(normal: NormalForm, event: Event): Trace {
  const policies = consider(normal, event);
  const decision = decide(policies, event);
  return {
    decision,
    policies: policies.map(({ policy, number, scope }) => ({
      policy: number,
      scope,
      default: policy.defaults[event.kind] ?? null,
    })),
    rules: policies.flatMap((considered) => traceRules(considered, decision, event)),
  };
}

function traceRules(considered: Considered, decision: Decision, event: Event): RuleTrace[] {
  const { policy, number, firstRule, scope } = considered;
  const { rule: decider } = policy.mode === 'enforce' ? decision.actual : decision.asIf;
  let shadow = decider;
  return policy.rules.map((rule, i) => {
    const self = firstRule + i;
    const trace = (outcome: Outcome): RuleTrace => ({ policy: number, rule: self, outcome });
    if (scope.is === 'out') return trace({ is: 'scope', part: scope.part });
    if (!rule.kinds.includes(event.kind)) return trace({ is: 'kind' });
    if (shadow >= 0 && self > shadow) {
      return trace({ is: 'shadowed', by: shadow, matches: ruleMatches(rule, event) });
    }
    const failed = failedOutcome(rule, event);
    if (failed) return trace(failed);
    if (rule.continue) return trace({ is: 'matched', role: 'noted' });
    if (endsPolicy(scope, rule)) {
      shadow = self;
      return trace({ is: 'matched', role: 'ends' });
    }
    return trace({ is: 'matched', role: self === decision.actual.rule ? 'decides' : 'would' });
  });
}

function failedOutcome(rule: NormalRule, event: Event): Outcome | undefined {
  if (!holds(rule.when, event)) return { is: 'predicate', failed: reasons(rule.when, false, event) };
  const index = rule.unless.findIndex(({ when }) => holds(when, event));
  if (index < 0) return undefined;
  return { is: 'unless', index, reasons: reasons(rule.unless[index].when, true, event) };
}

/**
 * The tests that make an expression true or false.
 * @param given what the expression gives
 */
function reasons(expr: Expr, given: boolean, event: Event, path: readonly number[] = []): readonly Reason[] {
  if (expr.op === 'not') return reasons(expr.arg, !given, event, [...path, 0]);
  if (expr.op !== 'and' && expr.op !== 'or') {
    return [{ path, test: expr, holds: given, operands: operandsOf(expr, event) }];
  }
  const of = (arg: Expr, i: number): readonly Reason[] => reasons(arg, given, event, [...path, i]);
  // One argument makes an `and` false or an `or` true; for the other value it takes them all.
  if (given === (expr.op === 'and')) return expr.args.flatMap(of);
  const i = expr.args.findIndex((arg) => holds(arg, event) === given);
  return of(expr.args[i], i);
}

/** The fields that a single test reads. */
function operandsOf(expr: Expr, event: Event): Reason['operands'] {
  return refsOf(expr).map((field) => ({ field, value: fieldValue(field, event) }));
}

function refsOf(expr: Expr): readonly FieldRef[] {
  switch (expr.op) {
    case 'and':
    case 'or':
      return expr.args.flatMap(refsOf);
    case 'not':
      return refsOf(expr.arg);
    case 'exists':
    case 'flag':
      return [expr.field];
    case 'truth':
      return [expr.of];
    case 'any':
      return [expr.list, ...refsOf(expr.test)];
    case 'has':
      return [expr.list, ...operandRefs(expr.value)];
    case 'in':
    case 'glob':
    case 'matches':
      return operandRefs(expr.left);
    default:
      return [expr.left, expr.right].flatMap(operandRefs);
  }
}

const operandRefs = (operand: Operand): readonly FieldRef[] => (operand.is === 'field' ? [operand] : []);
