/** Trend Vision One Container Security: rulesets, policies of clusters, custom rules and settings of the chart. */
import { FALCO } from '../falco/index.ts';
import { UniqueNames, nameOf } from '../names.ts';
import type { Lowered, System } from '../system.ts';
import { at, lowered } from '../tree.ts';
import { lowerCustom } from './custom.ts';
import { judgePolicies } from './policies.ts';
import { readRuleset, scopeOf, useOf, type Ruleset, type UsedRule } from './ruleset.ts';
import { exceptFor, judgeRedaction } from './settings.ts';
import { isTrend, sorted } from './sort.ts';

export const TREND: System = {
  name: 'trend',
  title: 'Trend Vision One',
  options: {
    platform: {
      values: ['kubernetes', 'ecs'],
      default: 'kubernetes',
      doc: 'where the rulesets hold: on Amazon ECS labels have no effect, and everything is only logged',
    },
    'unknown-fields': FALCO.options['unknown-fields'],
  },
  recognises: isTrend,
  lower(documents, options, report) {
    const { rulesets: bodies, policies, custom, settings } = sorted(documents);
    const context = { isEcs: options['platform'] === 'ecs', report };
    const rulesets = bodies.flatMap((body) => readRuleset(body, context) ?? []);
    judgePolicies(policies, rulesets, report);
    judgeRedaction(settings, report);
    const names = new UniqueNames();
    const except = exceptFor(settings);
    // Whichever ruleset terminates does so, whatever another one isolates.
    const apart = rulesets.length > 1 && rulesets.some(({ rules }) => rules.some(({ action }) => action === 'stop'));
    return [
      ...rulesets.flatMap((ruleset) => policiesOf(ruleset, apart, names, except)),
      ...lowerCustom(custom, options, { host: false, except }, context),
    ];
  },
};

/** @param apart the rules that isolate come after all rulesets, in a policy of their own */
function policiesOf(
  ruleset: Ruleset,
  apart: boolean,
  names: UniqueNames,
  except: ReturnType<typeof exceptFor>,
): readonly Lowered[] {
  const { name, description, rules } = ruleset;
  const those = (action: UsedRule['action']): readonly UsedRule[] => rules.filter((rule) => rule.action === action);
  const own = names.take(nameOf(name.text, 'trend-ruleset'));
  const policy = (called: string, used: readonly UsedRule[], order: number | undefined): Lowered =>
    lowered(
      'Policy',
      name.span,
      at(name.span, {
        name: at(name.span, called),
        description: description && at(description.span, description.text),
        annotations: called === name.text ? undefined : { 'trend.ruleset': at(name.span, name.text) },
      }),
      { mode: 'enforce', order, scope: { ...scopeOf(ruleset), except }, rules: used.map(useOf) },
    );
  const [log, terminate, isolate] = [those(undefined), those('stop'), those('isolate')];
  if (!apart || isolate.length === 0) return [policy(own, [...log, ...terminate, ...isolate], undefined)];
  const later = policy(names.take(`${own}.isolate`), isolate, 1001);
  return log.length + terminate.length === 0 ? [later] : [policy(own, [...log, ...terminate], undefined), later];
}
