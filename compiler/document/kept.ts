/** What was read of sources, for the next build in the same process: a source that stayed the same is not read again. */
import type { Diagnostic, Source } from '../diagnostics/diagnostic.ts';
import type { Foreign } from '../foreign/lower.ts';
import type { DocumentKind } from '../schema/documents.ts';

/** What one source says, by itself. */
export interface ReadSource {
  readonly documents: readonly { readonly kind: DocumentKind; readonly document: unknown }[];
  /** Documents of other systems, which mean something together only. */
  readonly foreign: readonly Foreign[];
  readonly diagnostics: readonly Diagnostic[];
  readonly incomplete: boolean;
}

/** Given to one build after the other; holds the sources of the last one. */
export class KeptSources {
  #last = new Map<string, Kept>();
  #now = new Map<string, Kept>();

  /** Begins a build: what the last one did not ask for is forgotten. */
  begin(): void {
    this.#last = this.#now;
    this.#now = new Map();
  }

  /**
   * @param index of the source: places are numbered by it
   * @param read what is kept must follow from the source and its index alone
   * @returns for a source that stayed the same, the same object
   */
  get({ path, text }: Source, index: number, read: () => ReadSource): ReadSource {
    const key = `${index} ${path}`;
    const last = this.#last.get(key);
    const kept = last?.text === text ? last : { text, found: read() };
    this.#now.set(key, kept);
    return kept.found;
  }
}

interface Kept {
  readonly text: string;
  readonly found: ReadSource;
}
