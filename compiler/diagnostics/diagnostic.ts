/** A finding about a source: a value that stages return, never an exception. */

export interface Span {
  /** Index into the list of sources that the compiler was given. */
  readonly source: number;
  /** Offsets in UTF-16 units of the source's text: start inclusive, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Diagnostic {
  /** Stable, of the catalogue: `L0123`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Lower case, no final period, the user's text in backticks. */
  readonly message: string;
  readonly span: Span | null;
  /** What to do. */
  readonly help: string | null;
  /** Other places that matter: the rule that shadows this one. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

export interface Source {
  /** As the user named it. */
  readonly path: string;
  readonly text: string;
  /** It comes with Lictor: who builds with it cannot change it, so lints say nothing of it. */
  readonly shipped?: true;
}

/** Every stage returns a value and what it found. */
export interface Staged<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}
