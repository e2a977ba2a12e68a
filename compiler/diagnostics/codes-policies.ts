/** L31xx: lints of rules, policies and builds. */
import type { CatalogueEntry } from './catalogue.ts';

const warning = (title: string, text: string): CatalogueEntry & { severity: 'warning' } => ({
  title,
  severity: 'warning',
  text,
});

export const POLICY_LINT_CODES = {
  L3101: warning(
    'exception expired, and used',
    'The build allows expired exceptions (`--allow-expired`), so this one still counts.',
  ),
  L3102: warning('overlays that disagree', 'Two overlays set the same key. The last one in document order wins.'),
  L3103: warning(
    'rule that never decides',
    'An earlier rule without `continue` matches whatever this one matches, so this one never counts. ' +
      'The first rule that matches decides: put the narrower rule first.',
  ),
  L3104: warning(
    'denial that never happens',
    'An earlier `allow`, or an `audit` without `continue`, matches whatever this rule would refuse. ' +
      'Put the denial first, or add `continue: true` to the `audit`.',
  ),
  L3105: warning(
    'audit that hides a denial',
    'An `audit` without `continue` ends the search: all that it matches passes, though a later rule would refuse it. ' +
      'Add `continue: true` to note the match and go on; write `allow` where the exception is meant.',
  ),
  L3106: warning(
    'same condition, different action',
    'Two rules have the same condition and differ in action. Only the first one decides.',
  ),
  L3107: warning('rule that can never match', 'No event fulfils the condition: its parts exclude each other.'),
  L3108: warning(
    'file that can be replaced',
    'A file that cannot be written can still be deleted, renamed over or linked. `on: file.modify` covers every way to ' +
      'change a file.',
  ),
  L3109: warning(
    'allow-list without a default',
    'The policy allows some operations, but nothing refuses or records the others: allowing has no effect. ' +
      'Give it `defaults`.',
  ),
  L3110: warning(
    'denial on a field that can be cut',
    'Arguments, command lines and ancestors may be delivered incomplete; a long enough one escapes the rule. ' +
      '`event.truncated has "proc.cmdline"` asks whether it was cut.',
  ),
  L3111: warning('scope without workloads', 'The parts of the scope exclude each other: the policy never counts.'),
  L3112: warning('policy that says nothing', 'The policy has neither rules nor defaults.'),
  L3113: warning(
    'name outside of the scheme',
    'With `--naming` a policy is called `namespace.intent.version`, such as `payments.exec-deny.v2`: who it is for, what it is for, ' +
      'and the edition. Namespace and intent are lower case letters, digits and `-`, the version is `v` and a number. ' +
      'Records, exceptions and overlays name policies; a name that says these three things can be sorted, filtered and replaced.',
  ),
  L3114: warning(
    'two versions of one intent',
    'With `--naming` a build has one version of each `namespace.intent`. Two of them would both decide, the one that comes first ' +
      'before the other. Take the older one out, or set its mode to `off`.',
  ),
} as const satisfies Record<string, CatalogueEntry>;
