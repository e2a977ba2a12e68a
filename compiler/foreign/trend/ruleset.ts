/** A ruleset as a policy that uses rules of the library under their ids. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, type Located, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { globOf } from '../condition.ts';
import { booleanIn, choiceIn, entriesOf, listIn, textIn, type Entry } from '../keys.ts';
import { at, type Plain } from '../tree.ts';
import { get } from '../read.ts';
import type { RulesetBody } from './sort.ts';
import { LABEL_KEYS, MITIGATIONS, RULESET_KEYS, RULE_KEYS, type Mitigation } from './keys.ts';

export interface Ruleset {
  readonly name: LocatedScalar;
  readonly description: LocatedScalar | undefined;
  /** Key to the values of which a pod must have one. */
  readonly labels: ReadonlyMap<string, readonly LocatedScalar[]>;
  readonly rules: readonly UsedRule[];
  /** Ids by which policies may name it. */
  readonly id: string | undefined;
}

export interface UsedRule {
  readonly id: LocatedScalar;
  /** Undefined: it only logs. */
  readonly action: 'isolate' | 'stop' | undefined;
  readonly enabled: boolean;
}

export interface RulesetContext {
  /** Only logging has an effect there, and labels have none. */
  readonly isEcs: boolean;
  readonly report: Report;
}

const ID = /^TM-\d{8}$/;
const NAME = /^[A-Za-z0-9_.]+$/;

/** @returns null where there is no name, or no body, which is reported */
export function readRuleset({ body, resource }: RulesetBody, context: RulesetContext): Ruleset | null {
  const { report } = context;
  if (body === undefined) {
    report(diagnose('L5005', 'the resource has no `spec.definition`', headOf(resource!)));
    return null;
  }
  const entries = entriesOf(body, RULESET_KEYS, report);
  const outside = get(get(resource, 'metadata'), 'name');
  const name = resource === undefined ? textIn(entries.name, report) : outside?.is === 'scalar' ? outside : undefined;
  if (name === undefined || name.text === '') {
    report(diagnose('L5005', 'the ruleset has no `name`', headOf(resource ?? body)));
    return null;
  }
  // A resource may have `-` in its name, too.
  if (resource === undefined && !NAME.test(name.text)) {
    const help = 'a ruleset is called with letters, digits, `_` and `.`, and keeps its name';
    report(diagnose('L5004', `\`${name.text}\` is no name of a ruleset`, name.span, help));
  }
  return {
    name,
    description: textIn(entries.description, report),
    labels: labelsOf(entries.labels, context),
    rules: rulesOf(listIn(entries.rules, report), context),
    id: textIn(entries.id, report)?.text,
  };
}

function labelsOf(entry: Entry | undefined, { isEcs, report }: RulesetContext): ReadonlyMap<string, LocatedScalar[]> {
  const labels = new Map<string, LocatedScalar[]>();
  for (const node of listIn(entry, report)) {
    if (node.is !== 'map') {
      report(diagnose('L5004', `a label is a map, found ${describe(node)}`, headOf(node), 'it has `key` and `value`'));
      continue;
    }
    const { key, value } = entriesOf(node, LABEL_KEYS, report);
    const [name, text] = [textIn(key, report), textIn(value, report)];
    if (name === undefined || text === undefined) {
      report(diagnose('L5005', `the label has no \`${name === undefined ? 'key' : 'value'}\``, headOf(node)));
    } else labels.set(name.text, [...(labels.get(name.text) ?? []), text]);
  }
  if (entry === undefined || labels.size === 0) return labels;
  if (isEcs) {
    report(
      diagnose('L5503', 'labels have no effect on Amazon ECS', entry.key.span, 'the ruleset is for all containers'),
    );
    return new Map();
  }
  if (labels.size > 1) {
    report(
      diagnose(
        'L5501',
        'a pod must have all these labels',
        entry.key.span,
        'make a ruleset for each of them otherwise',
      ),
    );
  }
  return labels;
}

function rulesOf(nodes: readonly Located[], context: RulesetContext): readonly UsedRule[] {
  const { report } = context;
  const seen = new Map<string, LocatedScalar>();
  return nodes.flatMap((node): readonly UsedRule[] => {
    if (node.is !== 'map') {
      report(diagnose('L5004', `a rule is a map, found ${describe(node)}`, headOf(node)));
      return [];
    }
    const entries = entriesOf(node, RULE_KEYS, report);
    const id = textIn(entries.ruleID, report);
    const given = choiceIn(entries.mitigation, MITIGATIONS, report);
    const enabled = booleanIn(entries.enabled, report) ?? true;
    if (id === undefined) {
      if (entries.ruleID === undefined) report(diagnose('L5005', 'the rule has no `ruleID`', headOf(node)));
      return [];
    }
    const before = seen.get(id.text);
    if (!ID.test(id.text)) {
      report(diagnose('L5004', `\`${id.text}\` is no id of a predefined rule`, id.span, '`TM-` and eight digits'));
      return [];
    }
    if (before !== undefined) {
      const related = [{ message: 'the first one', span: before.span }];
      report(diagnose('L5004', `\`${id.text}\` is in the ruleset already`, id.span, 'keep one of them', related));
      return [];
    }
    seen.set(id.text, id);
    return [{ id, enabled, action: actionOn(given ?? 'log', entries.mitigation?.value.span ?? id.span, context) }];
  });
}

const ACTIONS = { log: undefined, isolate: 'isolate', terminate: 'stop' } as const;

/** @returns the action of ours; undefined where a rule only logs, on some platforms whatever it says */
export function actionOn(
  mitigation: Mitigation,
  span: Span,
  { isEcs, report }: RulesetContext,
): 'isolate' | 'stop' | undefined {
  if (!isEcs || mitigation === 'log') return ACTIONS[mitigation];
  const message = `\`${mitigation}\` has no effect on Amazon ECS: what the rule finds is logged`;
  report(diagnose('L5502', message, span, 'leave `--foreign trend.platform=ecs` out: here it would have one'));
  return undefined;
}

/** @returns the parts of a scope: pods with the labels, or containers */
export const scopeOf = ({ labels }: Ruleset): Readonly<Record<string, Plain>> =>
  labels.size === 0
    ? { host: false }
    : {
        labels: Object.fromEntries(
          [...labels].map(([key, values]) => {
            const globs = values.map(({ text, span }) => at(span, globOf(text)));
            return [key, globs.length === 1 ? globs[0] : globs];
          }),
        ),
      };

/** A rule of the library under its id. One that logs stays as it is there: it notes and goes on. */
export const useOf = ({ id, action, enabled }: UsedRule): Located =>
  at(id.span, { use: id, action, enabled: enabled ? undefined : false });
