/** Diagnostics as text for people: message, place, the lines in question, help. */
import { styleText } from 'node:util';
import { codeFrameColumns } from '@babel/code-frame';
import type { Diagnostic, Source, Span } from './diagnostic.ts';
import { lineIndex, positionOf } from './position.ts';

export interface RenderOptions {
  /** ANSI colours. */
  readonly color: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const WIDTH = 100; // columns of source that a frame shows
const BEFORE = 30; // of them before the span, where a line is cut
const LINES = 4; // of a span that covers more

const painter =
  ({ color }: RenderOptions): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text;

/** Control and direction characters could rewrite the terminal or hide code: they are shown as one mark. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (char) => (char === '\t' ? ' ' : '�'));

/** The frame costs the lines that it shows, not the source: long spans and long lines are cut. */
function frame(span: Span, source: Source, paint: Paint): string {
  const index = lineIndex(source);
  const start = index.position(span.start);
  const end = index.position(Math.max(span.start, span.end));
  const first = Math.max(1, start.line - 1);
  const last = Math.min(index.lines, end.line + 1, start.line + LINES);
  const skipped = start.column <= WIDTH - BEFORE ? 0 : start.column - 1 - BEFORE;
  const lines: string[] = [];
  for (let line = first; line <= last; line++) lines.push(visible(index.slice(line, skipped, skipped + WIDTH)));
  const endLine = Math.min(end.line, last);
  const shown = lines[endLine - first].length;
  const endColumn = endLine === end.line ? Math.min(Math.max(1, end.column - skipped), shown + 1) : shown + 1;
  const text = codeFrameColumns(
    lines.join('\n'),
    {
      start: { line: start.line, column: start.column - skipped },
      end: { line: endLine, column: endLine === start.line ? Math.max(endColumn, start.column - skipped) : endColumn },
    },
    { startLine: first, linesAbove: 1, linesBelow: 1 },
  );
  return text
    .split('\n')
    .map((line) => {
      if (/^ +\| +\^+$/.test(line)) return paint('red', line);
      const bar = line.indexOf('|');
      return paint('dim', line.slice(0, bar + 1)) + line.slice(bar + 1);
    })
    .join('\n');
}

function place(span: Span, sources: readonly Source[]): string {
  const source = sources[span.source];
  const { line, column } = positionOf(source, span.start);
  return `${visible(source.path)}:${line}:${column}`;
}

function renderOne(diagnostic: Diagnostic, sources: readonly Source[], paint: Paint): string {
  const { code, severity, message, span, help, related } = diagnostic;
  const label = paint(['bold', severity === 'error' ? 'red' : 'yellow'], `${severity}[${code}]`);
  const lines = [`${label}: ${paint('bold', visible(message))}`];
  if (span && sources[span.source]) {
    lines.push(`  ${paint('cyan', place(span, sources))}`, frame(span, sources[span.source], paint));
  }
  for (const other of related ?? []) {
    lines.push(`  ${paint('cyan', 'see')}: ${visible(other.message)}, ${place(other.span, sources)}`);
  }
  if (help !== null) lines.push(`  ${paint('cyan', 'help')}: ${visible(help)}`);
  return lines.join('\n');
}

/**
 * Diagnostics as a text with code frames, in the order given, an empty line between two.
 * @param sources those that the spans' numbers index
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  options: RenderOptions,
): string {
  const paint = painter(options);
  return diagnostics.map((diagnostic) => renderOne(diagnostic, sources, paint)).join('\n\n');
}

/** The lines around a span, with the span marked. */
export const renderFrame = (span: Span, sources: readonly Source[], options: RenderOptions): string =>
  frame(span, sources[span.source], painter(options));
