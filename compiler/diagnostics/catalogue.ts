/** Every diagnostic that Lictor can give, in one table: its code is a promise, its texts are the manual's page. */
import type { Diagnostic, Span } from './diagnostic.ts';
import { DOCUMENT_CODES } from './codes-documents.ts';
import { EXPORT_CODES } from './codes-export.ts';
import { EXPRESSION_CODES } from './codes-expressions.ts';
import { FALCO_CODES } from './codes-falco.ts';
import { FOREIGN_CODES } from './codes-foreign.ts';
import { KUBEARMOR_CODES } from './codes-kubearmor.ts';
import { PRISMA_CODES } from './codes-prisma.ts';
import { QUALYS_CODES } from './codes-qualys.ts';
import { TETRAGON_CODES } from './codes-tetragon.ts';
import { TREND_CODES } from './codes-trend.ts';
import { LINT_CODES } from './codes-lints.ts';
import { PLAN_CODES } from './codes-plan.ts';
import { POLICY_LINT_CODES } from './codes-policies.ts';

export interface CatalogueEntry {
  /** A few words: the heading in the manual. */
  readonly title: string;
  readonly severity: Diagnostic['severity'];
  /** What it means, why it is refused or warned of, what to write instead. Markdown. */
  readonly text: string;
}

/** L1xxx documents, L2xxx expressions, L3xxx lints, L4xxx plans, L5xxx documents of others. A code is never given a second meaning. */
export const CATALOGUE = {
  ...DOCUMENT_CODES,
  ...EXPRESSION_CODES,
  ...LINT_CODES,
  ...POLICY_LINT_CODES,
  ...PLAN_CODES,
  ...FOREIGN_CODES,
  ...KUBEARMOR_CODES,
  ...FALCO_CODES,
  ...PRISMA_CODES,
  ...QUALYS_CODES,
  ...TREND_CODES,
  ...TETRAGON_CODES,
  ...EXPORT_CODES,
};

export type DiagnosticCode = keyof typeof CATALOGUE;

/**
 * Makes a diagnostic of the catalogue; its severity comes from there.
 * @param message lower case, no final period, the user's text in backticks
 * @param help what to do, or null
 */
export function diagnose(
  code: DiagnosticCode,
  message: string,
  span: Span | null,
  help: string | null = null,
  related?: Diagnostic['related'],
): Diagnostic {
  const { severity }: CatalogueEntry = CATALOGUE[code];
  return related ? { code, severity, message, span, help, related } : { code, severity, message, span, help };
}
