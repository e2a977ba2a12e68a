/** L3xxx: lints. L30xx: of expressions. */
import type { CatalogueEntry } from './catalogue.ts';

const warning = (title: string, text: string): CatalogueEntry & { severity: 'warning' } => ({
  title,
  severity: 'warning',
  text,
});

export const LINT_CODES = {
  L3001: warning('value that the field does not take', 'The field is documented to take other values than this one.'),
  L3002: warning(
    'field that is never present',
    'No event of the kinds that the rule asks for has this field, so a comparison with it is always false.',
  ),
  L3003: warning('network with host bits', 'The address has bits outside the prefix. They are ignored.'),
} as const satisfies Record<string, CatalogueEntry>;
