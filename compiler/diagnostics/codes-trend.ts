/** L55xx: what was written for Trend Vision One. */
import type { CatalogueEntry } from './catalogue.ts';

const warning = (title: string, text: string): CatalogueEntry & { severity: 'warning' } => ({
  title,
  severity: 'warning',
  text,
});

export const TREND_CODES = {
  L5501: warning(
    'several labels of a ruleset',
    'Trend does not say whether a pod must have all labels of a ruleset or one of them. Here it must have all of them, as with selectors of Kubernetes; of several values of one label it must have one.',
  ),
  L5502: warning(
    'mitigation that a platform does not have',
    'On Amazon ECS rules only log; Trend logs without a word where a ruleset says `isolate` or `terminate`.',
  ),
  L5503: warning('labels that a platform does not have', 'On Amazon ECS labels of rulesets have no effect.'),
  L5504: warning(
    'ruleset and policy that do not agree',
    'In Trend a ruleset holds where a policy has it. Here the rulesets among the documents hold: those, and no others.',
  ),
  L5505: warning(
    'redaction that a flag does',
    "Trend's chart can hide parts of fields in its events. Here a bundle says what is decided and not what is written: `--redact FIELD=REGEX` of `run`, `eval`, `explain` and `replay` writes `***` for what an expression finds. The note has the flags for each pattern of the chart.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
