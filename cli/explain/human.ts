/** An explanation for people: the verdict, then policy by policy the rules that were looked at, the deciding one with its source. */
import { renderFrame, type Source, type Span } from '../../compiler/diagnostics/index.ts';
import type { SourceSpan } from '../../vm/bundle/index.ts';
import type { Output } from '../output/io.ts';
import { decider } from '../../shim/sinks/lines.ts';
import { ofAction } from '../output/style.ts';
import { printable, quantity, wrap } from '../output/text.ts';
import type { Explanation, PolicyExplanation, RuleExplanation } from './explanation.ts';

/** The first line of a rule, which names it. Manifests count bytes, sources UTF-16 units. */
function headOf({ source, start }: SourceSpan, sources: readonly Source[]): Span {
  const { text } = sources[source];
  const at = Buffer.from(text).subarray(0, start).toString().length;
  const end = text.indexOf('\n', at);
  return { source, start: at, end: end < 0 ? text.length : end };
}

/**
 * @param sources of the bundle
 * @param all whether rules of other kinds and scopes are listed too
 */
export function human(
  { verdict, policies }: Explanation,
  sources: readonly Source[],
  all: boolean,
  out: Output,
): string {
  const { style } = out;
  const how = [verdict.errno, verdict.severity].filter((part) => part !== null).join(', ');
  const lines = [
    `${ofAction(style, verdict.action)(verdict.action)}: ${style.strong(decider(verdict.policy, verdict.rule))}${how ? ` (${how})` : ''}`,
  ];
  if (verdict.message) lines.push(`  ${printable(verdict.message)}`);
  if (verdict.would)
    lines.push(
      style.warn(`  would be: ${verdict.would.action} by ${decider(verdict.would.policy, verdict.would.rule)}`),
    );

  const rule = (one: RuleExplanation): void => {
    const mark = one.matched ? style.good('✔') : style.faint('✘');
    lines.push(`  ${mark} ${style.strong(one.rule)} ${style.faint(`${one.path}:${one.line}`)}`);
    lines.push(wrap(one.outcome, 80, '      '));
    for (const test of one.tests) lines.push(wrap(printable(test), 80, '        '));
    if (one.matched && sources[one.span.source]) {
      lines.push(renderFrame(headOf(one.span, sources), sources, { color: out.colours }).replace(/^/gm, '    '));
    }
  };
  const policy = ({ policy: name, mode, tier, scope, default: action, rules }: PolicyExplanation): void => {
    const listed = rules.filter(({ considered }) => considered || all);
    const state =
      scope === 'holds' ? '' : scope === 'assumed' ? ', scope assumed' : `, not for this workload: ${scope}`;
    lines.push('', `${style.name(name)} ${style.faint(`${tier}, ${mode}${state}`)}`);
    listed.forEach(rule);
    const hidden = rules.length - listed.length;
    if (hidden > 0 && scope !== 'holds' && scope !== 'assumed') return;
    if (hidden > 0) lines.push(style.faint(`  ${quantity(hidden, 'rule')} for other kinds of event`));
    if (action !== null) lines.push(`  default: ${action}`);
  };
  const shown = policies.filter(
    ({ scope, rules, default: action }) =>
      all || ((scope === 'holds' || scope === 'assumed') && (action !== null || rules.some((r) => r.considered))),
  );
  shown.forEach(policy);
  const hidden = policies.length - shown.length;
  if (hidden > 0)
    lines.push('', style.faint(`${quantity(hidden, 'policy')} with nothing to say of this event; --all lists them`));
  return `${lines.join('\n')}\n`;
}
