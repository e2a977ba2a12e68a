/** A trace of the reference interpreter with names and places instead of numbers: what `explain` shows in either form. */
import type { Bundle, Manifest, SourceSpan } from '../../vm/bundle/index.ts';
import type { FieldRef } from '../../vm/bundle/normal.ts';
import { fieldById, valueText, type Event } from '../../vm/event/index.ts';
import { MASK } from '../../vm/event/redact.ts';
import { displayText } from '../../vm/event/text.ts';
import { verdictRecord, type VerdictRecord } from '../../vm/host/verdict-record.ts';
import { fieldValue } from '../../vm/reference/expression.ts';
import { reference, type Outcome, type Reason } from '../../vm/reference/index.ts';
import { expressionText, fieldText } from './expression.ts';

export interface Explanation {
  readonly verdict: VerdictRecord;
  readonly policies: readonly PolicyExplanation[];
}

export interface PolicyExplanation {
  readonly policy: string;
  readonly mode: 'enforce' | 'observe';
  readonly tier: string;
  /** `holds`, `assumed`, or the part that keeps the workload out. */
  readonly scope: string;
  readonly default: string | null;
  readonly rules: readonly RuleExplanation[];
}

export interface RuleExplanation {
  readonly rule: string;
  readonly action: string;
  /** One line: what became of the rule. */
  readonly outcome: string;
  readonly matched: boolean;
  /** Whether anything but its scope and kinds was looked at. */
  readonly considered: boolean;
  /** The tests that made the difference, with what the event has. */
  readonly tests: readonly string[];
  readonly path: string;
  readonly line: number;
  readonly span: SourceSpan;
}

const LONGEST = 120;
const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** @param shown the event as it may be shown */
function testText({ test, holds, operands }: Reason, shown: Event): string {
  const values = operands.map(({ field, value }) => {
    const whole = { field: field.field, index: field.index, key: field.key };
    const text = value === undefined ? 'absent' : shorten(JSON.stringify(shownText(whole, shown)));
    return `${fieldText(whole)} is ${text}`;
  });
  return `${expressionText(test)} is ${holds}${values.length > 0 ? `: ${[...new Set(values)].join(', ')}` : ''}`;
}

/** What the event has there. An element of a list or map is a string, whatever the field is. */
function shownText(ref: FieldRef, shown: Event): string {
  const spec = fieldById(ref.field)!;
  const hidden = shown.hidden?.get(ref.field);
  if (hidden !== undefined) return displayText(hidden);
  const value = fieldValue(ref, shown);
  // What the event has and does not show at all: a label whose key is hidden.
  if (value === undefined) return MASK;
  const element = (spec.type === 'list' || spec.type === 'map') && typeof value === 'string';
  return valueText(element ? { ...spec, type: 'string' } : spec, value);
}

const ROLES = {
  decides: 'matches and decides',
  would: 'matches and would decide',
  noted: 'matches, is noted, and the walk goes on',
  ends: 'matches and ends its policy, whose scope is only assumed',
} as const;

function outcomeText(
  outcome: Outcome,
  manifest: Manifest,
  rule: number,
  shown: Event,
): Pick<RuleExplanation, 'outcome' | 'tests'> {
  const texts = (reasons: readonly Reason[]): readonly string[] => reasons.map((reason) => testText(reason, shown));
  switch (outcome.is) {
    case 'scope':
      return { outcome: `its policy is not for this workload (${outcome.part})`, tests: [] };
    case 'kind':
      return { outcome: 'is not about this kind of event', tests: [] };
    case 'shadowed': {
      const by = manifest.rules[outcome.by];
      const name = `${manifest.policies[by.policy].name}/${by.name}`;
      const would = outcome.matches ? 'it would match' : 'it would not match either';
      return { outcome: `was not reached: ${name} decided before; ${would}`, tests: [] };
    }
    case 'predicate':
      return { outcome: 'does not match', tests: texts(outcome.failed) };
    case 'unless':
      return {
        outcome: `is excepted by ${manifest.rules[rule].unless[outcome.index].name}`,
        tests: texts(outcome.reasons),
      };
    case 'matched':
      return { outcome: ROLES[outcome.role], tests: [] };
  }
}

/**
 * @param shown the event as it may be shown; the whole one decides
 * @returns why the event gets its verdict from these policies
 */
export function explanationOf({ manifest, normal }: Bundle, event: Event, shown: Event): Explanation {
  const trace = reference(normal).explain(event);
  const policies = trace.policies.map(({ policy, scope, default: action }): PolicyExplanation => {
    const { name, mode, tier } = manifest.policies[policy];
    const rules = trace.rules
      .filter((rule) => rule.policy === policy)
      .map(({ rule, outcome }): RuleExplanation => {
        const { name, action, span } = manifest.rules[rule];
        return {
          rule: name,
          action,
          ...outcomeText(outcome, manifest, rule, shown),
          matched: outcome.is === 'matched',
          considered: outcome.is !== 'scope' && outcome.is !== 'kind',
          path: manifest.sources[span.source],
          line: span.line,
          span,
        };
      });
    return { policy: name, mode, tier, scope: scope.is === 'out' ? scope.part : scope.is, default: action, rules };
  });
  return { verdict: verdictRecord(manifest, trace.decision, shown), policies };
}
