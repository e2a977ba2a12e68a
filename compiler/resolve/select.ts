/** Which documents are built in: all of the sources, or what a Bundle names. */
import { diagnose } from '../diagnostics/index.ts';
import type { Documents } from '../document/documents.ts';
import type { BundleDocument, LibraryDocument, PolicyDocument } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Spanned, Text } from '../schema/shape.ts';
import { Names } from './names.ts';

export interface Selection {
  readonly bundle: BundleDocument | undefined;
  /** Every policy of the sources, by name. */
  readonly policies: Names<PolicyDocument>;
  /** Those that are built in, in document order. */
  readonly chosen: ReadonlySet<PolicyDocument>;
  readonly libraries: readonly LibraryDocument[];
}

/**
 * Judges names and applies the Bundle. What it does not name is read and judged, and left out; a Bundle without
 * `policies` or `libraries` takes all of them.
 */
export function select(documents: Documents, report: Report): Selection {
  const [bundle, second] = documents.Bundle;
  if (second !== undefined) {
    const related = [{ message: 'the first one', span: bundle.head }];
    report(diagnose('L1208', 'there is a Bundle already', second.head, 'name the files of one bundle only', related));
  }
  if (bundle !== undefined && bundle.spec.name === undefined && bundle.metadata?.name === undefined) {
    report(diagnose('L1105', 'the bundle has no name', bundle.head, 'give `metadata.name`'));
  }
  const policies = named('policy', documents.Policy, report);
  const libraries = named('library', documents.Library, report);
  for (const [sort, list] of [
    ['exception', documents.Exception],
    ['overlay', documents.Overlay],
    ['policy test', documents.PolicyTest],
  ] as const) {
    named<unknown>(sort, list, report);
  }
  const pick = <T>(all: Names<T>, wanted: Spanned<readonly Text[]> | undefined, code: 'L1202' | 'L1204'): Set<T> => {
    if (wanted === undefined) return new Set([...all].map(([, value]) => value));
    const found = wanted.value.map((name) => all.find(name, code, documents.incomplete, report));
    return new Set(found.filter((value) => value !== undefined));
  };
  const chosen = pick(policies, bundle?.spec.policies, 'L1202');
  const chosenLibraries = pick(libraries, bundle?.spec.libraries, 'L1204');
  return {
    bundle,
    policies,
    chosen: new Set(documents.Policy.filter((policy) => chosen.has(policy))),
    libraries: documents.Library.filter((library) => chosenLibraries.has(library)),
  };
}

function named<T extends { readonly metadata?: { readonly name?: Text } } | unknown>(
  sort: string,
  documents: readonly T[],
  report: Report,
): Names<T> {
  const names = new Names<T>(sort);
  for (const document of documents) {
    const name = (document as { metadata?: { name?: Text } }).metadata?.name;
    if (name !== undefined) names.add(name, document, report);
  }
  return names;
}
