/** Custom rules: rules of Falco with an id, an action and fields of their own. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Located } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { lowerRuleSet, tagOf, type Rule } from '../falco/index.ts';
import { choiceIn, textIn, type Entry } from '../keys.ts';
import { isMap } from '../read.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import type { Plain } from '../tree.ts';
import { MITIGATIONS } from './keys.ts';
import { actionOn, type RulesetContext } from './ruleset.ts';

/** The second is the name that the product has had since it is called TrendAI. */
const FIELDS = ['custom_fields', 'userDefinedFields'];
const ID = /^CR-.{1,17}$/;
const FIELD = /%[a-zA-Z][\w.]*(?:\[[^\]]*\])?/g;

/** @param options those of Falco's that Trend has, too */
export function lowerCustom(
  documents: readonly ForeignDocument[],
  options: Readonly<Record<string, string>>,
  scope: Plain,
  context: RulesetContext,
): readonly Lowered[] {
  if (documents.length === 0) return [];
  const { report } = context;
  const owners = new Map<string, Rule>();
  return lowerRuleSet(documents, { ...options, 'rule-matching': 'all' }, report, {
    prefix: 'trend-',
    keys: ['id', 'action', ...FIELDS],
    policy: { tier: undefined, order: undefined, scope },
    rule(rule) {
      const mitigation = choiceIn(entryOf(rule, 'action', report), MITIGATIONS, report) ?? 'log';
      const action = actionOn(mitigation, rule.extra.get('action')?.span ?? rule.span, context);
      const tags = [...idOf(rule, owners, report), ...rule.tags.map(tagOf), ...constantsOf(rule, report)];
      return { action: action ?? 'audit', tags: tags.length > 0 ? tags : undefined };
    },
  });
}

/** A key that a custom rule must have; its absence is reported. */
function entryOf(rule: Rule, name: string, report: Report): Entry | undefined {
  const value = rule.extra.get(name);
  const key = rule.item.entries.find((entry) => entry.key.text === name)?.key;
  if (value !== undefined && key !== undefined) return { key, value };
  report(diagnose('L5005', `the custom rule \`${rule.name}\` has no \`${name}\``, rule.span));
  return undefined;
}

/** The id as a tag; ids start with `CR-`, have 20 characters at most, and stand once. */
function idOf(rule: Rule, owners: Map<string, Rule>, report: Report): string[] {
  const id = textIn(entryOf(rule, 'id', report), report);
  if (id === undefined) return [];
  const owner = owners.get(id.text);
  owners.set(id.text, owner ?? rule);
  if (!ID.test(id.text)) {
    report(diagnose('L5004', `\`${id.text}\` is no id of a custom rule`, id.span, '`CR-` and 17 characters at most'));
  } else if (owner !== undefined && owner !== rule) {
    const related = [{ message: 'the other one', span: owner.span }];
    report(diagnose('L5004', `\`${id.text}\` is the id of another rule`, id.span, 'give it its own', related));
  }
  return [`trend:${id.text}`];
}

/** Fields with constant texts, as tags. Others only repeat what the output has, which Trend requires. */
function constantsOf(rule: Rule, report: Report): string[] {
  const shown = new Set(rule.output.text.match(FIELD) ?? []);
  return FIELDS.flatMap((name) => rule.extra.get(name) ?? []).flatMap((node: Located) => {
    if (!isMap(node)) {
      report(diagnose('L5004', 'custom fields are a map of texts', node.span));
      return [];
    }
    return node.entries.flatMap(({ key, value }) => {
      const text = textIn({ key, value }, report)?.text;
      const fields = text?.match(FIELD) ?? [];
      for (const field of fields) {
        if (shown.has(field)) continue;
        report(diagnose('L5004', `\`${field}\` is not in the output of the rule`, value.span, `add it to \`output\``));
      }
      return text === undefined || fields.length > 0 ? [] : [`${key.text}=${text}`];
    });
  });
}
