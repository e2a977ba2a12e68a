/** Custom rules in runtime rules: with an effect, and a place where a match is reported. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Condition } from '../condition.ts';
import { EFFECTS, judged, type Said, type Target } from './effects.ts';
import type { CustomRule } from './library.ts';
import { judgeKeys, keySpan, mapsAt, textAt, wordAt } from './reader.ts';
import { KINDS, nameFor, reportExisting, writeRules, type MadeRule } from './rules.ts';
import { referenceOf } from './terraform.ts';

export interface Attachment {
  readonly rule: CustomRule;
  readonly said: NonNullable<Said>;
  readonly incident: boolean;
}

/** The custom rules that a runtime rule attaches, in order, without those that it disables. */
export function attachmentsOf(
  map: LocatedMap,
  known: ReadonlyMap<string, CustomRule>,
  target: Target,
  report: Report,
): readonly Attachment[] {
  const seen = new Set<CustomRule>();
  return mapsAt(map, 'customRules', report).flatMap((use): Attachment[] => {
    judgeKeys(use, ['_id', 'effect', 'action'], report);
    const id = textAt(use, '_id', report);
    const rule = id && known.get(referenceOf(id.text));
    if (id === undefined || rule === undefined) {
      const message = id === undefined ? 'the key `_id` is missing' : `there is no custom rule \`${id.text}\``;
      report(diagnose(id === undefined ? 'L5005' : 'L5307', message, id?.span ?? headOf(use), id && EXPORT));
      return [];
    }
    if (seen.has(rule)) {
      report(diagnose('L5310', `\`${rule.name}\` is attached twice`, id.span, 'the first one counts: delete this one'));
      return [];
    }
    seen.add(rule);
    const incident = wordAt(use, 'action', ['audit', 'incident'] as const, report) === 'incident';
    const span = keySpan(use, 'effect');
    const said = judged(wordAt(use, 'effect', EFFECTS, report) ?? 'alert', span, rule.type, target, report);
    return said !== null && isSupported(rule, said, target, report) ? [{ rule, said, incident }] : [];
  });
}

const EXPORT = 'give the export of the custom rules together with the policy';

/** What a target takes of the attributes, types and effects of a custom rule. */
function isSupported(
  { name, type, attributes, span }: CustomRule,
  { effect, span: use }: NonNullable<Said>,
  target: Target,
  report: Report,
): boolean {
  const embedded = target === 'app-embedded';
  if (embedded && type === 'filesystem') {
    report(
      diagnose('L5306', `App-Embedded Defenders take no rules of type \`${type}\``, use, null, [
        { message: `\`${name}\``, span },
      ]),
    );
    return false;
  }
  const refused = [
    ...(embedded ? ['proc.interactive'] : []),
    ...(target === 'host' ? [] : ['proc.service']),
    ...(effect === 'prevent' ? ['proc.cmdline', 'file.type'] : []),
  ].find((attribute) => attributes.has(attribute));
  if (refused === undefined) return true;
  const related = [{ message: `\`${refused}\` in \`${name}\``, span: attributes.get(refused)! }];
  const prevents = refused === 'proc.cmdline' || refused === 'file.type';
  report(
    prevents
      ? diagnose('L5306', `\`prevent\` is not supported with \`${refused}\``, use, 'write `alert` or `block`', related)
      : diagnose(
          'L5303',
          `\`${refused}\` is not there for ${target === 'container' ? 'containers' : 'App-Embedded Defenders'}`,
          use,
          null,
          related,
        ),
  );
  return false;
}

/** @param when the condition of the custom rule, or its name */
export function attachedRules(
  { rule, said, incident }: Attachment,
  when: Condition,
  better: boolean,
  report: Report,
): readonly MadeRule[] {
  const parts = {
    name: nameFor(rule.name, 'custom-rule'),
    when,
    log: incident ? ('incident' as const) : undefined,
    message: rule.message,
    tags: rule.tags.length > 0 ? rule.tags : undefined,
  };
  if (rule.type !== 'filesystem') return [{ ...parts, on: KINDS[rule.type], action: said.action, span: said.span }];
  if (said.effect === 'prevent' && !better) reportExisting(said.span, report);
  return writeRules(parts, said, better);
}
