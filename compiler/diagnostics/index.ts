export type { Diagnostic, Source, Span, Staged } from './diagnostic.ts';
export { CATALOGUE, diagnose, type CatalogueEntry, type DiagnosticCode } from './catalogue.ts';
export { lineIndex, positionOf, type Position } from './position.ts';
export { nearest } from './nearest.ts';
export { renderDiagnostics, renderFrame, type RenderOptions } from './render.ts';
