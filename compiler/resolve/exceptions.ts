/** Exceptions and overlays: changes of shipped policies, by the rule or policy that they name. */
import { diagnose } from '../diagnostics/index.ts';
import type { ExceptionDocument, OverlayDocument } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Spanned } from '../schema/shape.ts';

export interface ExpiryOptions {
  /** YYYY-MM-DD, UTC. */
  readonly today: string;
  readonly allowExpired?: boolean;
}

/** Whether the day exists. */
function isDay(date: string): boolean {
  const [year, month, day] = date.split('-').map(Number);
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

/** Reports a day that does not exist, and one that is over. */
export function checkExpiry({ metadata, spec }: ExceptionDocument, options: ExpiryOptions, report: Report): void {
  const { expires } = spec;
  if (expires === undefined) return;
  if (!isDay(expires.value)) {
    report(diagnose('L1112', `\`${expires.value}\` is not a day`, expires.span));
  } else if (expires.value < options.today) {
    const message = `the exception \`${metadata.name.value}\` expired on ${expires.value}`;
    const help = `ask ${spec.owner.value} to renew it, or delete it`;
    report(diagnose(options.allowExpired === true ? 'L3101' : 'L1303', message, expires.span, help));
  }
}

/** What overlays say of one rule or policy; the last one that sets a key wins. */
export interface Change {
  readonly enabled?: Spanned<boolean>;
  readonly action?: NonNullable<OverlayDocument['spec']['action']>;
  readonly mode?: NonNullable<OverlayDocument['spec']['mode']>;
}

/** A key for a rule of a policy, or for a policy. Names have no `/`. */
export const targetKey = (policy: string, rule?: string): string => (rule === undefined ? policy : `${policy}/${rule}`);

/** Exceptions by their rule, in document order. */
export function exceptionsByRule(exceptions: readonly ExceptionDocument[]): ReadonlyMap<string, ExceptionDocument[]> {
  const groups = new Map<string, ExceptionDocument[]>();
  for (const exception of exceptions) {
    const key = targetKey(exception.spec.target.policy.value, exception.spec.target.rule.value);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [exception]);
    else found.push(exception);
  }
  return groups;
}

/** Overlays by what they change; keys that do not go with the target are reported, and so are overlays that disagree. */
export function changesByTarget(overlays: readonly OverlayDocument[], report: Report): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const { spec, head } of overlays) {
    const { target, enabled, action, mode } = spec;
    if (target.rule !== undefined && mode !== undefined) {
      report(diagnose('L1113', '`mode` is of a policy, not of a rule', mode.span, 'leave `target.rule` out'));
    }
    for (const [name, given] of [
      ['enabled', enabled],
      ['action', action],
    ] as const) {
      if (target.rule === undefined && given !== undefined) {
        const help = name === 'enabled' ? 'name the rule, or switch the policy off with `mode: off`' : 'name the rule';
        report(diagnose('L1113', `\`${name}\` is of a rule: \`target.rule\` is missing`, given.span, help));
      }
    }
    if (enabled === undefined && action === undefined && mode === undefined) {
      report(diagnose('L1105', 'the overlay changes nothing', head, 'give `enabled`, `action` or `mode`'));
    }
    const key = targetKey(target.policy.value, target.rule?.value);
    const before = changes.get(key);
    for (const name of ['enabled', 'action', 'mode'] as const) {
      const [first, second] = [before?.[name], spec[name]];
      if (first === undefined || second === undefined || first.value === second.value) continue;
      report(
        diagnose('L3102', `another overlay sets \`${name}\` to \`${first.value}\``, second.span, 'this one wins', [
          { message: 'the other one', span: first.span },
        ]),
      );
    }
    changes.set(key, { ...before, ...(enabled && { enabled }), ...(action && { action }), ...(mode && { mode }) });
  }
  return changes;
}
