/** What an exporter makes of sources, and what it says of them. */
import { compile } from '../../../compiler/index.ts';
import type { Source } from '../../../compiler/diagnostics/diagnostic.ts';
import {
  EXPORT_FORMATS,
  exportPolicies,
  printExported,
  type ExportedDocument,
} from '../../../compiler/foreign/export/index.ts';
import { briefly, type Settings } from '../support.ts';

export interface Export {
  /** Findings of the exporter as `CODE text: message`. */
  readonly said: readonly string[];
  readonly documents: readonly ExportedDocument[];
  /** Empty where there are no documents. */
  readonly text: string;
}

export function exported(name: string, sources: readonly Source[], foreign: Settings = {}): Export {
  const { value, diagnostics: found } = compile(sources, { today: '2026-11-22', foreign });
  if (value === null) throw new Error(briefly(sources, found).join('\n'));
  const format = EXPORT_FORMATS.find((one) => one.name === name)!;
  const { value: documents, diagnostics } = exportPolicies(value.policies, format);
  const text = documents.length > 0 ? printExported(documents, 'exported') : '';
  return { said: briefly(sources, diagnostics), documents, text };
}

/** A policy of ours by its spec; JSON is YAML. */
export const policy = (spec: object, name = 'policy'): string =>
  JSON.stringify({
    apiVersion: 'lictor.dev/v1',
    kind: 'Policy',
    metadata: { name },
    spec: { mode: 'enforce', ...spec },
  });
