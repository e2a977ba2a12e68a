/** The compiler's front: sources in, normal form, manifest and diagnostics out. No file system, process or clock. */
import type { Diagnostic, Source, Staged } from './diagnostics/diagnostic.ts';
import { readDocuments, type ReadOptions } from './document/documents.ts';
import type { ForeignSettings } from './foreign/lower.ts';
import type { Kept } from './kept.ts';
import { lint } from './lint/index.ts';
import { resolve, type PolicyTest, type ResolvedPolicy } from './resolve/index.ts';
import type { Manifest } from '../vm/bundle/manifest.ts';
import type { NormalForm } from '../vm/bundle/normal.ts';

export { format } from './format/index.ts';
export { schemas } from './schema/json.ts';
export { Kept } from './kept.ts';
export { decodeSource } from './source/decode.ts';
export type { PolicyTest, PolicyTestCase } from './resolve/index.ts';

export interface CompileOptions {
  /** Values of parameters, as text, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** YYYY-MM-DD, UTC: exceptions that expired before are errors. */
  readonly today: string;
  /** Expired exceptions are warnings, and count. */
  readonly allowExpired?: boolean;
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** Names of policies follow the scheme `namespace.intent.version`, or there are warnings. */
  readonly naming?: boolean;
  /** Settings of other systems whose documents are among the sources: `SYSTEM.NAME` to a value. */
  readonly foreign?: ForeignSettings;
  /** Bytes of one source at most; default `LIMITS.sourceBytes`. */
  readonly maxSourceBytes?: number;
  /** What earlier builds of this process found out; it is not found out again for what stayed the same. */
  readonly kept?: Kept;
}

export interface Compiled {
  readonly normal: NormalForm;
  /** `cost` and `unknownCost` are empty: the planner knows them. */
  readonly manifest: Manifest;
  readonly tests: readonly PolicyTest[];
  /** What the normal form was made of, with places: what `lictor export` reads. */
  readonly policies: readonly ResolvedPolicy[];
}

/**
 * Reads, checks and resolves documents.
 *
 * @param sources in the order of documents (semantics, section 4): arguments as given, below a directory by path
 * @returns null where there are errors; the diagnostics are in the order of the sources, each once
 */
export function compile(sources: readonly Source[], options: CompileOptions): Staged<Compiled | null> {
  const documents = readDocuments(sources, readOptions(options));
  const resolved = resolve(documents.value, sources, options, options.kept?.policies);
  const found = [...documents.diagnostics, ...resolved.diagnostics];
  // Lints ask what rules mean: with errors, they would warn of what is only misspelt.
  if (!found.some(({ severity }) => severity === 'error')) {
    const lints = lint(resolved.value.policies, options.naming);
    found.push(...lints.filter(({ span }) => span === null || sources[span.source].shipped !== true));
  }

  const diagnostics = inSourceOrder(found).map((diagnostic): Diagnostic =>
    options.strict === true ? { ...diagnostic, severity: 'error' } : diagnostic,
  );
  if (diagnostics.some(({ severity }) => severity === 'error')) return { value: null, diagnostics };
  return { value: resolved.value, diagnostics };
}

const readOptions = ({ maxSourceBytes, kept, foreign }: CompileOptions): ReadOptions => ({
  ...(maxSourceBytes !== undefined && { maxSourceBytes }),
  ...(kept && { kept: kept.sources }),
  ...(foreign && { foreign }),
});

/** By place, those without a place first; a finding that two ways lead to is kept once. */
function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics
    .filter(({ code, message, span }) => {
      const key = `${code} ${span?.source} ${span?.start} ${span?.end} ${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => {
      if (a.span === null || b.span === null) return Number(a.span !== null) - Number(b.span !== null);
      return a.span.source - b.span.source || a.span.start - b.span.start;
    });
}
