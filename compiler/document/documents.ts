/** Sources to documents: read, told apart by kind, and judged one by one. What they say of each other is resolved later. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Diagnostic, Source, Span, Staged } from '../diagnostics/diagnostic.ts';
import {
  API_VERSION,
  DOCUMENTS,
  DOCUMENT_KINDS,
  type BundleDocument,
  type DocumentKind,
  type ExceptionDocument,
  type LibraryDocument,
  type OverlayDocument,
  type PolicyDocument,
  type PolicyTestDocument,
} from '../schema/documents.ts';
import { headOf, read } from '../schema/read.ts';
import { checkSize } from '../source/decode.ts';
import { describe, shorten, type Located, type LocatedMap } from './located.ts';
import type { KeptSources, ReadSource } from './kept.ts';
import { readYaml } from './yaml.ts';

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

/**
 * @param sources in the order of documents
 * @param maxSourceBytes limit of one source; undefined: `LIMITS.sourceBytes`
 * @param kept what earlier builds read
 */
export function readDocuments(
  sources: readonly Source[],
  maxSourceBytes?: number,
  kept?: KeptSources,
): Staged<Documents> {
  const diagnostics: Diagnostic[] = [];
  const byKind: Record<DocumentKind, unknown[]> = {
    Policy: [],
    Library: [],
    Exception: [],
    Overlay: [],
    PolicyTest: [],
    Bundle: [],
  };
  let incomplete = false;
  kept?.begin();
  sources.forEach((source, index) => {
    const tooLarge = checkSize(source.path, Buffer.byteLength(source.text), index, maxSourceBytes);
    if (tooLarge !== null) {
      incomplete = true;
      diagnostics.push(tooLarge);
      return;
    }
    const found = kept ? kept.get(source, index, () => readSource(source, index)) : readSource(source, index);
    diagnostics.push(...found.diagnostics);
    incomplete ||= found.incomplete;
    for (const { kind, document } of found.documents) byKind[kind].push(document);
  });
  return { value: { ...(byKind as unknown as Omit<Documents, 'incomplete'>), incomplete }, diagnostics };
}

function readSource(source: Source, index: number): ReadSource {
  const yaml = readYaml(source, index);
  const diagnostics = [...yaml.diagnostics];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const documents: { kind: DocumentKind; document: unknown }[] = [];
  let { incomplete } = yaml.value;
  for (const root of yaml.value.roots) {
    const kind = kindOf(root, report);
    if (kind === null) incomplete = true;
    else documents.push({ kind, document: read(DOCUMENTS[kind], root, headOf(root), report) });
  }
  return { documents, diagnostics, incomplete };
}

/** The kind of a document, or null where it is none; says why. */
function kindOf(root: Located, report: (diagnostic: Diagnostic) => void): DocumentKind | null {
  if (root.is !== 'map') {
    report(diagnose('L1101', `a document is a map, found ${describe(root)}`, headOf(root), FORM));
    return null;
  }
  const version = get(root, 'apiVersion');
  const kind = get(root, 'kind');
  if (version === undefined && kind === undefined) {
    report(diagnose('L1101', 'the document has neither `apiVersion` nor `kind`', headOf(root), FORM));
    return null;
  }
  // A missing apiVersion is reported with the other keys.
  if (version !== undefined && (version.is !== 'scalar' || version.value !== API_VERSION)) {
    report(diagnose('L1102', `unknown apiVersion \`${textOf(version)}\``, spanOf(version), FORM));
    return null;
  }
  if (kind === undefined) {
    report(diagnose('L1105', 'the key `kind` is missing', headOf(root), `it is one of ${DOCUMENT_KINDS.join(', ')}`));
    return null;
  }
  if (kind.is !== 'scalar') {
    report(diagnose('L1106', `expected a string, found ${describe(kind)}`, headOf(kind)));
    return null;
  }
  const found = DOCUMENT_KINDS.find((name) => kind.value === name);
  if (found !== undefined) return found;
  const near = nearest(textOf(kind), DOCUMENT_KINDS);
  const help = near !== null ? `did you mean \`${near}\`?` : `it is one of ${DOCUMENT_KINDS.join(', ')}`;
  report(diagnose('L1103', `unknown kind \`${textOf(kind)}\``, spanOf(kind), help));
  return null;
}

const FORM = `a document starts with \`apiVersion: ${API_VERSION}\` and its \`kind\``;
const get = (map: LocatedMap, name: string): Located | undefined =>
  map.entries.find(({ key }) => key.text === name)?.value;
const textOf = (node: Located): string => (node.is === 'scalar' ? shorten(node.text) : describe(node));
const spanOf = (node: Located): Span => (node.is === 'scalar' ? node.span : headOf(node));
