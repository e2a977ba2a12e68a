/** Policies of ours as resources of other systems, where these can say the same. */
import { stringify } from 'yaml';
import type { Diagnostic, Staged } from '../../diagnostics/diagnostic.ts';
import type { ResolvedPolicy } from '../../resolve/index.ts';
import type { ExportedDocument, ExportFormat } from './format.ts';
import { KUBEARMOR_EXPORT } from './kubearmor.ts';
import { KUBERNETES_EXPORT } from './kubernetes.ts';

export type { ExportedDocument, ExportFormat } from './format.ts';

export const EXPORT_FORMATS: readonly ExportFormat[] = [KUBEARMOR_EXPORT, KUBERNETES_EXPORT];

/**
 * @param policies in the order of decision, as `compile` returns them
 * @returns no documents where something cannot be said: the others would mean something else without it
 */
export function exportPolicies(
  policies: readonly ResolvedPolicy[],
  format: ExportFormat,
): Staged<readonly ExportedDocument[]> {
  const diagnostics: Diagnostic[] = [];
  const documents = format.documents(policies, (diagnostic) => void diagnostics.push(diagnostic));
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return { value: failed ? [] : documents, diagnostics };
}

/**
 * @param documents one at least
 * @param heading a line that says where they come from
 * @returns YAML, a document after the other
 */
export function printExported(documents: readonly ExportedDocument[], heading: string): string {
  const texts = documents.map(({ document }) => stringify(document, { version: '1.1', aliasDuplicateObjects: false }));
  return `# ${heading.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')}\n${texts.join('---\n')}`;
}
