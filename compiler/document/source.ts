/** One source to its documents: told apart by kind and system, and those of ours judged one by one. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Diagnostic, Source, Span } from '../diagnostics/diagnostic.ts';
import type { Foreign } from '../foreign/lower.ts';
import { SYSTEMS, systemOf, systemOfText } from '../foreign/systems.ts';
import { API_VERSION, DOCUMENTS, DOCUMENT_KINDS, type DocumentKind } from '../schema/documents.ts';
import { headOf, read } from '../schema/read.ts';
import type { ReadSource } from './kept.ts';
import { describe, shorten, type Located, type LocatedMap, type LocatedScalar } from './located.ts';
import { readYaml } from './yaml.ts';

/**
 * @param index of the source, for places
 */
export function readSource(source: Source, index: number): ReadSource {
  const { path, text } = source;
  const ofText = systemOfText(path);
  if (ofText !== undefined) {
    const foreign = [{ system: ofText, source: index, path, text, root: wholeOf(text, index) }];
    return { documents: [], foreign, diagnostics: [], incomplete: false };
  }
  const yaml = readYaml(source, index);
  const diagnostics = [...yaml.diagnostics];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const documents: { kind: DocumentKind; document: unknown }[] = [];
  const foreign: Foreign[] = [];
  let { incomplete } = yaml.value;
  for (const root of yaml.value.roots) {
    const system = isOurs(root) ? undefined : systemOf(root);
    if (system !== undefined) {
      foreign.push({ system, source: index, path, text, root });
      continue;
    }
    const resource = resourceOf(root);
    if (resource !== null) {
      report(diagnose('L5007', `a ${resource} is left out: Lictor reads no such policy`, headOf(root)));
      continue;
    }
    const kind = kindOf(root, report);
    if (kind === null) incomplete = true;
    else documents.push({ kind, document: read(DOCUMENTS[kind], root, headOf(root), report) });
  }
  return { documents, foreign, diagnostics: diagnostics.filter((one) => !isIgnored(one, foreign)), incomplete };
}

/** A tag in a document of a system that ignores them. */
const isIgnored = ({ code, span }: Diagnostic, foreign: readonly Foreign[]): boolean =>
  code === 'L1005' &&
  span !== null &&
  foreign.some(({ system, root }) => system.ignoresTags && root.span.start <= span.start && span.end <= root.span.end);

/** A source that is one text. */
function wholeOf(text: string, source: number): LocatedScalar {
  const place = (start: number, end: number): Span => ({ source, start, end });
  return { is: 'scalar', value: text, text, span: place(0, text.length), place };
}

const isOurs = (root: Located): boolean => {
  const version = root.is === 'map' ? get(root, 'apiVersion') : undefined;
  return version?.is === 'scalar' && version.value === API_VERSION;
};

/**
 * What a Kubernetes resource of others is, for people. Manifests stand beside policies; what is nearly a document of ours is
 * none of them: a misspelt `apiVersion` must not take a policy out.
 */
function resourceOf(root: Located): string | null {
  if (root.is !== 'map') return null;
  const [version, kind] = [get(root, 'apiVersion'), get(root, 'kind')];
  if (version?.is !== 'scalar' || kind?.is !== 'scalar') return null;
  if (typeof version.value !== 'string' || typeof kind.value !== 'string') return null;
  const ours = nearest(kind.value, DOCUMENT_KINDS) !== null || nearest(version.value, [API_VERSION]) !== null;
  return ours || version.value.includes('lictor') ? null : `\`${textOf(kind)}\` of \`${textOf(version)}\``;
}

/** The kind of a document, or null where it is none; says why. */
function kindOf(root: Located, report: (diagnostic: Diagnostic) => void): DocumentKind | null {
  if (root.is !== 'map') {
    report(diagnose('L1101', `a document is a map, found ${describe(root)}`, headOf(root), ANY_FORM));
    return null;
  }
  const version = get(root, 'apiVersion');
  const kind = get(root, 'kind');
  if (version === undefined && kind === undefined) {
    report(diagnose('L1101', 'the document has neither `apiVersion` nor `kind`', headOf(root), ANY_FORM));
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
const ANY_FORM = `${FORM}; policies of ${new Intl.ListFormat('en').format(SYSTEMS.map(({ title }) => title))} are read as they are`;
const get = (map: LocatedMap, name: string): Located | undefined =>
  map.entries.find(({ key }) => key.text === name)?.value;
const textOf = (node: Located): string => (node.is === 'scalar' ? shorten(node.text) : describe(node));
const spanOf = (node: Located): Span => (node.is === 'scalar' ? node.span : headOf(node));
