/** Rules that hide others: an earlier one that decides whatever a later one could. */
import { diagnose } from '../diagnostics/index.ts';
import { type RuleFacts, type Warn } from './facts.ts';
import { implies } from './imply.ts';
import { RuleIndex, Sharing } from './index-of-rules.ts';
import { keyOf } from './terms.ts';

/** Rules with one condition that are compared, at most. */
const ALIKE = 16;

export function lintShadows(rules: readonly RuleFacts[], warn: Warn): void {
  const told = new Set<RuleFacts>();
  lintAlike(rules, told, warn);
  const sharing = new Sharing(rules.map(({ condition }) => condition));
  lintCovered(rules, sharing, told, warn);
  lintHiddenDenies(rules, sharing, told, warn);
}

/** Two rules on the same condition that do different things. */
function lintAlike(rules: readonly RuleFacts[], told: Set<RuleFacts>, warn: Warn): void {
  const groups = new Map<string, RuleFacts[]>();
  for (const later of rules) {
    const key = keyOf(later.condition);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const first = group.find(
      (earlier) =>
        !earlier.rule.continue &&
        earlier.action !== later.action &&
        !later.rule.continue &&
        (earlier.kinds & later.kinds) !== 0 &&
        isSeen(earlier, later),
    );
    if (first !== undefined) {
      told.add(later);
      warn(
        diagnose(
          'L3106',
          `\`${nameOf(later)}\` has the same condition as \`${nameOf(first)}\`, which comes first and does \`${first.action}\``,
          later.rule.action.span,
          'keep one of them',
          [{ message: `\`${nameOf(first)}\``, span: first.rule.action.span }],
        ),
      );
    } else if (group.length < ALIKE) group.push(later);
  }
}

/** Rules that never decide. */
function lintCovered(rules: readonly RuleFacts[], sharing: Sharing, told: Set<RuleFacts>, warn: Warn): void {
  const index = new RuleIndex<RuleFacts>(sharing);
  for (const later of rules) {
    const cover = index.find(later.condition, (earlier) => covers(earlier, later));
    if (cover === undefined) {
      if (!later.rule.continue) index.add(later.condition, later);
      continue;
    }
    if (told.has(later)) continue;
    told.add(later);
    const related = [{ message: `\`${nameOf(cover)}\``, span: cover.rule.when.span }];
    const hides = later.fails && !cover.fails;
    const help = hides && cover.action === 'audit' ? `add \`continue: true\` to \`${nameOf(cover)}\`` : ORDER;
    warn(
      hides
        ? diagnose(
            'L3104',
            `the \`${later.action}\` of \`${nameOf(later)}\` never happens: \`${nameOf(cover)}\` comes first and does \`${cover.action}\``,
            later.rule.when.span,
            help,
            related,
          )
        : diagnose(
            'L3103',
            `\`${nameOf(later)}\` never decides: \`${nameOf(cover)}\` comes first and matches whatever it matches`,
            later.rule.when.span,
            help,
            related,
          ),
    );
  }
}

const ORDER = 'the first rule that matches decides: put the narrower one first, or delete it';

/** An `audit` without `continue` all of whose matches a later rule would have refused. */
function lintHiddenDenies(
  rules: readonly RuleFacts[],
  sharing: Sharing,
  told: ReadonlySet<RuleFacts>,
  warn: Warn,
): void {
  const audits = rules.filter(({ action, rule }) => action === 'audit' && !rule.continue);
  if (audits.length === 0) return;
  const index = new RuleIndex<RuleFacts>(sharing);
  for (const deny of rules) if (deny.fails && !told.has(deny)) index.add(deny.condition, deny);
  for (const audit of audits) {
    const hidden = index.find(
      audit.condition,
      (deny) =>
        deny.position > audit.position &&
        (audit.kinds & deny.kinds) !== 0 &&
        isSeen(audit, deny) &&
        implies(audit.condition, deny.condition),
    );
    if (hidden === undefined) continue;
    warn(
      diagnose(
        'L3105',
        `\`${nameOf(audit)}\` lets pass what \`${nameOf(hidden)}\` would refuse: an \`audit\` ends the search`,
        audit.rule.action.span,
        `add \`continue: true\` to note the match and go on, or write \`allow\` if it is meant`,
        [{ message: `\`${nameOf(hidden)}\``, span: hidden.rule.action.span }],
      ),
    );
  }
}

/** Whether the earlier rule decides for every event that the later one matches. */
function covers(earlier: RuleFacts, later: RuleFacts): boolean {
  return (later.kinds & ~earlier.kinds) === 0 && isSeen(earlier, later) && implies(later.condition, earlier.condition);
}

/**
 * Whether the earlier rule counts wherever the later one does. In one policy it does. Across policies the modes must let
 * both decisions see it, and its scope must hold wherever the other's does; with equal scopes an unknown workload is the
 * exception (semantics, section 5.7): there, `allow` and `audit` end their own policy only.
 */
function isSeen(earlier: RuleFacts, later: RuleFacts): boolean {
  if (earlier.policy === later.policy) return true;
  if (earlier.policy.mode === 'observe' && later.policy.mode !== 'observe') return false;
  if (earlier.scope === 0) return true;
  return earlier.scope === later.scope && earlier.fails;
}

export const nameOf = ({ rule }: RuleFacts): string => rule.name.value;
