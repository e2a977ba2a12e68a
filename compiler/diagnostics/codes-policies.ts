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
} as const satisfies Record<string, CatalogueEntry>;
