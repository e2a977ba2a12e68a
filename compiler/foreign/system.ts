/** What a frontend is: it knows its documents, and says as documents of ours what they mean. */
import type { Located, LocatedMap } from '../document/located.ts';
import type { DocumentKind } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';

export const SYSTEM_NAMES = ['kubearmor', 'falco', 'prisma', 'qualys', 'trend', 'tetragon'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** A document of another system. Places in it are those of its source. */
export interface ForeignDocument {
  /** Index of the source, as in spans. */
  readonly source: number;
  readonly path: string;
  /** Of the whole source. */
  readonly text: string;
  readonly root: Located;
}

/** A setting that the other system has outside its policies (`--foreign SYSTEM.NAME=VALUE`). */
export interface ForeignOption {
  /** Allowed values; absent: any text, which the frontend judges. */
  readonly values?: readonly string[];
  readonly default: string;
  readonly doc: string;
}
export type ForeignOptions = Readonly<Record<string, ForeignOption>>;

/** A document of ours; its nodes have the places of what they follow from. */
export interface Lowered {
  readonly kind: DocumentKind;
  readonly root: LocatedMap;
}

export interface System {
  readonly name: SystemName;
  /** As its makers write it. */
  readonly title: string;
  readonly options: ForeignOptions;
  /** End of the names of files that are one text instead of YAML: such a source has one scalar as its root. */
  readonly texts?: string;
  /** Whether its own reader ignores tags of YAML, so that one is no error. */
  readonly ignoresTags?: boolean;
  /** Whether a document without our `apiVersion` is one of this system. It may be wrong in every other way. */
  recognises(root: Located): boolean;
  /**
   * Never throws for what a user wrote.
   * @param documents all of the system, in document order: they may say something of each other
   * @param options by name, checked, defaults filled in
   */
  lower(
    documents: readonly ForeignDocument[],
    options: Readonly<Record<string, string>>,
    report: Report,
  ): readonly Lowered[];
}
