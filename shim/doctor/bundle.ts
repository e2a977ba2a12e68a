/** How each rule of a bundle would be enforced on this machine. */
import type { Bundle } from '../../vm/bundle/index.ts';
import type { Expr, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import { fieldById, kindById } from '../../vm/event/index.ts';
import { DEFAULT_ERRNO, ERRNOS, type Action, type FieldSpec } from '../../vm/spec/index.ts';
import { KIND_MECHANISMS, UNFILLED, type Timing } from './mechanisms.ts';
import type { DoctorReport } from './report.ts';

export type { Timing } from './mechanisms.ts';

/** One row: a rule, or a default, for one kind. */
export interface RuleMechanism {
  readonly policy: string;
  /** Null: a default. */
  readonly rule: string | null;
  readonly kind: string;
  readonly action: Action;
  readonly mechanism: string;
  readonly timing: Timing;
  /** Why it is weaker than it is written; empty where it is not. */
  readonly reasons: readonly string[];
  /** What it does not cover. */
  readonly caveats: readonly string[];
  /** Names of fields that the rule reads and nothing fills for this kind. */
  readonly unfilled: readonly string[];
  /** The action takes effect as it is written. */
  readonly enforced: boolean;
}

const operandFields = (operand: Operand): readonly number[] => (operand.is === 'field' ? [operand.field] : []);

/** Ids of the fields that a condition reads. */
const fieldsOf = (expr: Expr): readonly number[] => {
  switch (expr.op) {
    case 'and':
    case 'or':
      return expr.args.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(expr.arg);
    case 'exists':
    case 'flag':
      return [expr.field.field];
    case 'truth':
      return [expr.of.field];
    case 'has':
      return [expr.list.field, ...operandFields(expr.value)];
    case 'any':
      return [expr.list.field, ...fieldsOf(expr.test)];
    case 'in':
    case 'glob':
    case 'matches':
      return operandFields(expr.left);
    case 'compare':
    case 'startswith':
    case 'endswith':
    case 'contains':
    case 'within':
      return [...operandFields(expr.left), ...operandFields(expr.right)];
  }
};

/** The fields that a rule reads. */
const readBy = (rule: NormalRule | null): readonly FieldSpec[] => {
  if (!rule) return [];
  const read = [rule.when, ...rule.unless.map(({ when }) => when)].flatMap(fieldsOf);
  return [...new Set(read)].map((id) => fieldById(id)!);
};

const unfilledOf = (read: readonly FieldSpec[], kind: string): readonly string[] => {
  const filled = new Set(KIND_MECHANISMS.get(kind)!.fields);
  return read
    .filter((field) => (field.of === 'event' ? !filled.has(field.name) : UNFILLED.has(field.name)))
    .map((field) => field.name)
    .filter((name) => !name.startsWith('event.'));
};

const passes = (action: Action): boolean => action === 'allow' || action === 'audit';

const rowOf = (
  report: DoctorReport,
  policy: string,
  rule: NormalRule | null,
  kind: string,
  action: Action,
): RuleMechanism => {
  const { mechanism, timing, onlyEperm, probes, caveats } = KIND_MECHANISMS.get(kind)!;
  const broken = report.probes.filter((probe) => !probe.works && probes.includes(probe.name));
  const possible = timing !== 'impossible' && broken.length === 0;
  const read = readBy(rule);
  const unfilled = unfilledOf(read, kind);
  const late = possible && timing === 'after the fact' && !passes(action);
  const errno = rule?.errno ?? ERRNOS[DEFAULT_ERRNO];
  const reasons = [
    ...broken.map((probe) => `${probe.name}: ${probe.detail}`),
    ...(late ? ['the operation has taken effect when it is seen; its record says `degraded`'] : []),
    ...(possible && onlyEperm && !passes(action) && errno !== ERRNOS[DEFAULT_ERRNO]
      ? [`${mechanism} fails operations with EPERM, whatever the rule asks for`]
      : []),
    ...unfilled.map((field) => `nothing fills ${field}`),
    ...(timing === 'impossible' ? ['no sensor shows this kind'] : []),
  ];
  const concerns = caveats.filter(({ fields }) =>
    fields ? read.some(({ name }) => fields.includes(name)) : !passes(action),
  );
  const enforced = possible && !late && unfilled.length === 0;
  return {
    policy,
    rule: rule?.name ?? null,
    kind,
    action,
    mechanism,
    timing: possible ? timing : 'impossible',
    reasons,
    caveats: concerns.map(({ text }) => text),
    unfilled,
    enforced,
  };
};

/** @returns a row for each rule and each default, by kind, in the order of decision */
export const doctorBundle = (report: DoctorReport, bundle: Bundle): readonly RuleMechanism[] =>
  bundle.normal.policies.flatMap((policy) => [
    ...policy.rules.flatMap((rule) =>
      rule.kinds.map((kind) => rowOf(report, policy.name, rule, kindById(kind)!.name, rule.action)),
    ),
    ...Object.entries(policy.defaults).map(([kind, action]) =>
      rowOf(report, policy.name, null, kindById(Number(kind))!.name, action),
    ),
  ]);
