/** Diagnostics as SARIF 2.1.0, which code scanners of forges and editors read. */
import { CATALOGUE, type Diagnostic, type Span } from '../../compiler/diagnostics/index.ts';
import { version } from '../version.ts';
import type { Locate } from './diagnostics.ts';

/** A path as a relative or absolute URI reference. */
const uri = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** @returns one SARIF log */
export function sarif(diagnostics: readonly Diagnostic[], locate: Locate): string {
  const location = (span: Span, message?: string): object => {
    const { path, start, end } = locate(span);
    return {
      physicalLocation: {
        artifactLocation: { uri: uri(path) },
        region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
      },
      ...(message !== undefined && { message: { text: message } }),
    };
  };
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort();
  const rules = codes.map((id) => {
    const entry = (CATALOGUE as Record<string, { title: string; text: string; severity: string } | undefined>)[id];
    return {
      id,
      ...(entry && {
        shortDescription: { text: entry.title },
        fullDescription: { text: entry.text },
        defaultConfiguration: { level: entry.severity },
      }),
    };
  });
  const results = diagnostics.map(({ code, severity, message, span, help, related }) => ({
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: help ? `${message}. Help: ${help}` : message },
    locations: span ? [location(span)] : [],
    ...(related && { relatedLocations: related.map((r) => location(r.span, r.message)) }),
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'lictor', version: version(), informationUri: 'https://lictor.dev', rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
