/** The libraries that ship, for rules that policies use by name and no source defines. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../compiler/diagnostics/diagnostic.ts';
import { readDocuments, type Documents } from '../../compiler/document/documents.ts';
import type { ForeignSettings } from '../../compiler/foreign/lower.ts';
import { assetPath } from '../../vm/host/assets.ts';
import { isDocument } from './paths.ts';

/** `policies/` lies beside `dist/`, in a checkout and in the package. */
const FOLDER = assetPath(join('..', 'policies'));

/** How the files are called: by no path, because a bundle names its sources and is the same wherever it is built. */
const NAME = 'lictor/policies';

/**
 * @param sources of a build in which rules of libraries are missing
 * @param foreign settings of other systems
 * @returns the libraries of each shipped folder that has one of these rules, with those beside the folders, which they need;
 *   none that is among the sources by its name
 */
export function shippedLibraries(sources: readonly Source[], foreign: ForeignSettings = {}): readonly Source[] {
  const { Policy, Library } = readDocuments(sources, { foreign }).value;
  const known = new Set(rulesOf(Library));
  const used = Policy.flatMap(({ spec }) => spec.rules?.value ?? []).flatMap((rule) =>
    'use' in rule ? rule.use.value : [],
  );
  const missing = new Set(used.filter((name) => !known.has(name)));
  const having = foldersOf(FOLDER)
    .map((folder) => librariesIn(folder))
    .filter((libraries) => libraries.some(({ rules }) => rules.some((name) => missing.has(name))));
  if (having.length === 0) return [];
  const here = new Set(Library.map(({ metadata }) => metadata.name.value));
  return [librariesIn('.'), ...having]
    .flat()
    .filter(({ names }) => !names.some((name) => here.has(name)))
    .map(({ source }) => source);
}

const rulesOf = (libraries: Documents['Library']): string[] =>
  libraries.flatMap(({ spec }) => (spec.rules?.value ?? []).map(({ key }) => key.value));

const foldersOf = (folder: string): string[] => {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
};

interface ShippedLibrary {
  readonly source: Source;
  /** Of libraries, and of their rules. */
  readonly names: readonly string[];
  readonly rules: readonly string[];
}

/** Files of a folder that are libraries and nothing else. */
function librariesIn(folder: string): ShippedLibrary[] {
  const files = readdirSync(join(FOLDER, folder)).filter(isDocument).sort();
  return files.flatMap((file) => {
    const text = readFileSync(join(FOLDER, folder, file), 'utf8');
    const source = { path: join(NAME, folder, file), text, shipped: true } as const;
    const { Library, Policy, PolicyTest } = readDocuments([source]).value;
    if (Library.length === 0 || Policy.length + PolicyTest.length > 0) return [];
    return [{ source, names: Library.map(({ metadata }) => metadata.name.value), rules: rulesOf(Library) }];
  });
}
