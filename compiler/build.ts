/** The whole way: sources in, bundle file and diagnostics out. */
import type { Manifest, SourceSpan } from '../vm/bundle/manifest.ts';
import type { NormalForm } from '../vm/bundle/normal.ts';
import { writeBundle } from '../vm/bundle/index.ts';
import { LIMITS } from '../vm/spec/index.ts';
import { type BackendError, type BackendOptions, type Program, planAndEmit } from './backend.ts';
import { diagnose } from './diagnostics/index.ts';
import type { Diagnostic, Source, Span, Staged } from './diagnostics/diagnostic.ts';
import { coverProgram } from './cover/index.ts';
import { compile, type CompileOptions, type PolicyTest } from './index.ts';

export interface BuildOptions extends CompileOptions, BackendOptions {
  /** Bytes that the program may have. */
  readonly maxProgramBytes?: number;
}

export interface Built {
  /** The bundle: the same sources and options give the same bytes. */
  readonly file: Uint8Array;
  readonly manifest: Manifest;
  readonly normal: NormalForm;
  readonly program: Program;
  readonly tests: readonly PolicyTest[];
}

/**
 * Compiles, plans and emits.
 * @returns null where there are errors
 */
export const build = (sources: readonly Source[], options: BuildOptions): Staged<Built | null> => {
  const { value: compiled, diagnostics } = compile(sources, options);
  if (!compiled) return { value: null, diagnostics };
  const made = planAndEmit(compiled.normal, options);
  if ('errors' in made) {
    const errors = made.errors.map((error) => report(error, compiled.manifest, sources));
    return { value: null, diagnostics: [...diagnostics, ...errors] };
  }
  if (options.maxProgramBytes !== undefined && made.program.length > options.maxProgramBytes) {
    const message = `the program has ${made.program.length} bytes, more than the budget of ${options.maxProgramBytes}`;
    const help = 'raise `--budget`, or build fewer policies into one bundle';
    return { value: null, diagnostics: [...diagnostics, diagnose('L4003', message, null, help)] };
  }
  const { cost, unknownCost } = made;
  const manifest: Manifest = { ...compiled.manifest, cost, unknownCost };
  const { normal, tests } = compiled;
  const cover = coverProgram(normal);
  const file = writeBundle({ manifest, normal, program: made.program, sources, cover }, options.kept?.elements);
  return { value: { file, manifest, normal, program: made, tests }, diagnostics };
};

/** Points at the rule that weighs most, and names others. */
const report = (error: BackendError, manifest: Manifest, sources: readonly Source[]): Diagnostic => {
  if (error.is === 'too-complex') {
    const [pattern] = error.patterns;
    const rule = manifest.rules.find(({ when, unless }) =>
      [when, ...unless.map((u) => u.when)].some((text) => text.includes(pattern)),
    );
    const message = `the pattern \`${pattern}\` needs more than ${LIMITS.automatonStates.value} states`;
    const help = 'write several smaller patterns, or a shorter repetition';
    return diagnose('L4002', message, rule ? spanOf(rule.span, sources) : null, help);
  }
  const [first, ...others] = error.rules.slice(0, 5).map((number) => manifest.rules[number]);
  const message = `\`${error.kind}\` events could take ${error.steps} steps, more than the budget of ${error.maxSteps}`;
  const help = 'give the named rules a selective condition, or build with `--allow-slow`';
  const related = others.map((rule) => ({
    message: `\`${rule.name}\` weighs next`,
    span: spanOf(rule.span, sources),
  }));
  return diagnose('L4001', message, first ? spanOf(first.span, sources) : null, help, related);
};

/** Manifests count bytes, diagnostics UTF-16 units. */
const spanOf = ({ source, start, end }: SourceSpan, sources: readonly Source[]): Span => {
  const bytes = Buffer.from(sources[source].text, 'utf8');
  const units = (n: number): number => bytes.subarray(0, n).toString('utf8').length;
  return { source, start: units(start), end: units(end) };
};
