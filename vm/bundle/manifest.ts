/** What people read of a bundle: names, texts and positions, by the numbers that verdicts carry. MessagePack in the file. */
import type { Action } from '../spec/verdict.ts';

/** A place in a source, in bytes of its UTF-8 text and, for people, line and column from 1. */
export interface SourceSpan {
  /** Index into `Manifest.sources`. */
  readonly source: number;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of decision: index = policy number of a verdict. */
  readonly policies: readonly ManifestPolicy[];
  /** In the order of decision over all policies: index = rule number of a verdict. */
  readonly rules: readonly ManifestRule[];
  /** Paths as given to the compiler. */
  readonly sources: readonly string[];
  /** Kind names that a rule or a default needs: what a live system must be able to fill. */
  readonly kinds: readonly string[];
  /** Field names that rules and scopes read. */
  readonly fields: readonly string[];
  /** Steps a kind in the worst case in a workload that is known, by kind name. */
  readonly cost: Readonly<Record<string, number>>;
  /** The same in a workload whose metadata have not arrived. */
  readonly unknownCost: Readonly<Record<string, number>>;
}

export interface ManifestPolicy {
  readonly name: string;
  readonly description: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mode: 'enforce' | 'observe';
  readonly tier: string;
  readonly order: number;
  readonly span: SourceSpan;
}

export interface ManifestRule {
  readonly name: string;
  /** Policy number. */
  readonly policy: number;
  readonly action: Action;
  /** Errno name of a failing action, else null. */
  readonly errno: string | null;
  readonly continue: boolean;
  readonly kinds: readonly string[];
  readonly severity: string | null;
  readonly tags: readonly string[];
  readonly message: string | null;
  readonly log: 'audit' | 'incident';
  /** A match that lets pass is recorded once in this time for the same object. */
  readonly rateLimit?: ManifestRateLimit;
  /** The condition as it was written. */
  readonly when: string;
  readonly unless: readonly ManifestUnless[];
  readonly span: SourceSpan;
}

export interface ManifestRateLimit {
  readonly seconds: number;
  /** Whose matches count together. */
  readonly scope: 'process' | 'workload';
}

export interface ManifestUnless {
  readonly name: string;
  readonly when: string;
  readonly span: SourceSpan;
  /** Where it is an Exception document; `expires` is its last day, YYYY-MM-DD, UTC. */
  readonly exception?: { readonly owner: string; readonly reason: string; readonly expires: string | null };
}
