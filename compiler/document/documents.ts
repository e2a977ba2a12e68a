/** Sources to documents: read, told apart by kind, and judged one by one. What they say of each other is resolved later. */
import type { Diagnostic, Source, Staged } from '../diagnostics/diagnostic.ts';
import { lowerForeign, type Foreign, type ForeignSettings } from '../foreign/lower.ts';
import type { Lowered, SystemName } from '../foreign/system.ts';
import {
  DOCUMENTS,
  type BundleDocument,
  type DocumentKind,
  type ExceptionDocument,
  type LibraryDocument,
  type OverlayDocument,
  type PolicyDocument,
  type PolicyTestDocument,
} from '../schema/documents.ts';
import { headOf, read, type Report } from '../schema/read.ts';
import { checkSize } from '../source/decode.ts';
import type { KeptSources } from './kept.ts';
import type { LocatedMap } from './located.ts';
import { readSource } from './source.ts';

/** All documents of a build, of each kind in document order. */
export interface Documents {
  readonly Policy: readonly PolicyDocument[];
  readonly Library: readonly LibraryDocument[];
  readonly Exception: readonly ExceptionDocument[];
  readonly Overlay: readonly OverlayDocument[];
  readonly PolicyTest: readonly PolicyTestDocument[];
  readonly Bundle: readonly BundleDocument[];
  /** Something could not be read at all: names that are not here may be there. */
  readonly incomplete: boolean;
}

export interface ReadOptions {
  /** Limit of one source; default `LIMITS.sourceBytes`. */
  readonly maxSourceBytes?: number;
  /** What earlier builds read. */
  readonly kept?: KeptSources;
  /** Settings of other systems, which are not in their documents. */
  readonly foreign?: ForeignSettings;
}

/**
 * Documents of other systems become documents of ours, which come after those that were written as ours.
 * @param sources in the order of documents
 */
export function readDocuments(sources: readonly Source[], options: ReadOptions = {}): Staged<Documents> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const byKind: Record<DocumentKind, unknown[]> = {
    Policy: [],
    Library: [],
    Exception: [],
    Overlay: [],
    PolicyTest: [],
    Bundle: [],
  };
  const read = readSources(sources, options, report);
  for (const { kind, document } of read.documents) byKind[kind].push(document);
  const lowered = lowerForeign(read.foreign, options.foreign);
  lowered.diagnostics.forEach(report);
  for (const { kind, root } of lowered.value) byKind[kind].push(readDocument(kind, root, report));
  // Where a frontend left something out, it said so: names that are not here may be there.
  const incomplete = read.incomplete || lowered.diagnostics.some(({ severity }) => severity === 'error');
  return { value: { ...(byKind as unknown as Omit<Documents, 'incomplete'>), incomplete }, diagnostics };
}

/**
 * What the documents of one system become, and nothing else of the sources.
 * @returns documents of ours that are sound each by itself, where there is no error
 */
export function importDocuments(
  sources: readonly Source[],
  options: ReadOptions & { readonly system: SystemName },
): Staged<readonly Lowered[]> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const foreign = readSources(sources, options, report).foreign.filter(({ system }) => system.name === options.system);
  const lowered = lowerForeign(foreign, options.foreign);
  lowered.diagnostics.forEach(report);
  for (const { kind, root } of lowered.value) readDocument(kind, root, report);
  return { value: lowered.value, diagnostics };
}

const readDocument = (kind: DocumentKind, root: LocatedMap, report: Report): unknown =>
  read(DOCUMENTS[kind], root, headOf(root), report);

interface ReadSources {
  readonly documents: readonly { readonly kind: DocumentKind; readonly document: unknown }[];
  readonly foreign: readonly Foreign[];
  readonly incomplete: boolean;
}

function readSources(sources: readonly Source[], { maxSourceBytes, kept }: ReadOptions, report: Report): ReadSources {
  kept?.begin();
  let incomplete = false;
  const found = sources.flatMap((source, index) => {
    const tooLarge = checkSize(source.path, Buffer.byteLength(source.text), index, maxSourceBytes);
    if (tooLarge !== null) {
      incomplete = true;
      report(tooLarge);
      return [];
    }
    const one = kept ? kept.get(source, index, () => readSource(source, index)) : readSource(source, index);
    one.diagnostics.forEach(report);
    incomplete ||= one.incomplete;
    return [one];
  });
  return {
    documents: found.flatMap(({ documents }) => documents),
    foreign: found.flatMap(({ foreign }) => foreign),
    incomplete,
  };
}
