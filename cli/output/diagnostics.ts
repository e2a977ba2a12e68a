/** Diagnostics in the forms of `--format`: one renderer a form. */
import {
  positionOf,
  renderDiagnostics,
  type Diagnostic,
  type Position,
  type Source,
  type Span,
} from '../../compiler/diagnostics/index.ts';
import { github } from './github.ts';
import type { Output } from './io.ts';
import { sarif } from './sarif.ts';
import { quantity } from './text.ts';

export interface Place {
  readonly path: string;
  readonly start: Position;
  readonly end: Position;
}
export type Locate = (span: Span) => Place;

const locator =
  (sources: readonly Source[]): Locate =>
  ({ source, start, end }) => ({
    path: sources[source].path,
    start: positionOf(sources[source], start),
    end: positionOf(sources[source], end),
  });

export const countOf = (diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number =>
  diagnostics.filter((d) => d.severity === severity).length;

/** @returns `2 errors, 1 warning` */
export const summary = (diagnostics: readonly Diagnostic[]): string =>
  (['error', 'warning'] as const).map((severity) => quantity(countOf(diagnostics, severity), severity)).join(', ');

/** The readable form, with code frames; empty without diagnostics. */
export const human = (diagnostics: readonly Diagnostic[], sources: readonly Source[], out: Output): string =>
  diagnostics.length > 0 ? `${renderDiagnostics(diagnostics, sources, { color: out.colours })}\n` : '';

/** One JSON object a line. */
function ndjson(diagnostics: readonly Diagnostic[], locate: Locate): string {
  const place = (span: Span | null): object => {
    if (!span) return { path: null, line: null, column: null, endLine: null, endColumn: null };
    const { path, start, end } = locate(span);
    return { path, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return diagnostics
    .map(({ code, severity, message, span, help, related = [] }) => {
      const others = related.map((r) => ({ message: r.message, ...place(r.span) }));
      return `${JSON.stringify({ code, severity, message, ...place(span), help, related: others })}\n`;
    })
    .join('');
}

/**
 * @param format human, json, sarif or github
 * @returns the whole text of the diagnostics
 */
export function render(
  format: string,
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  out: Output,
): string {
  switch (format) {
    case 'json':
      return ndjson(diagnostics, locator(sources));
    case 'sarif':
      return sarif(diagnostics, locator(sources));
    case 'github':
      return github(diagnostics, locator(sources));
    default:
      return human(diagnostics, sources, out);
  }
}
