/** What travels through one check: the environment, the findings, and the macros being expanded. */
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { diagnose, type DiagnosticCode } from '../diagnostics/catalogue.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Environment } from './environment.ts';

const MOST_FINDINGS = 50;

/** Enough was found: the rest of the expression is not looked at. */
export class Abandoned extends Error {}

export class Context {
  readonly env: Environment;
  readonly diagnostics: Diagnostic[] = [];
  /** Names of the macros around, outermost first. */
  readonly macros: readonly string[];
  /** Fields that were warned of already. */
  readonly warned = new Set<number>();

  constructor(env: Environment, macros: readonly string[] = []) {
    this.env = env;
    this.macros = macros;
  }

  /** Reports, and returns null: "there is no value, and it was said why". */
  report(
    code: DiagnosticCode,
    message: string,
    span: Span,
    help?: string | null,
    related?: Diagnostic['related'],
  ): null {
    this.diagnostics.push(diagnose(code, message, span, help ?? null, related));
    if (this.diagnostics.length < MOST_FINDINGS) return null;
    this.diagnostics.push(diagnose('L2013', 'too many findings in this expression', span));
    throw new Abandoned();
  }

  /** "Did you mean", over the names of a sort; null where none is near. */
  suggest(name: string, sort: 'list' | 'macro' | 'parameter'): string | null {
    const near = nearest(name, this.env.names?.(sort) ?? []);
    return near === null ? null : `did you mean \`${sort === 'parameter' ? '$' : ''}${near}\`?`;
  }
}
