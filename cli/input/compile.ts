/** From operands to compiled policies: the flags that all compiling commands share, and the call. */
import { build, type Built } from '../../compiler/build.ts';
import type { CompileOptions, Kept } from '../../compiler/index.ts';
import type { DiagnosticCode } from '../../compiler/diagnostics/catalogue.ts';
import type { Diagnostic, Source, Staged } from '../../compiler/diagnostics/diagnostic.ts';
import type { Operands, Options, Values } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import type { Io } from '../output/io.ts';
import { shippedLibraries } from './shipped.ts';
import { readSources } from './sources.ts';

export const POLICY_OPERANDS: Operands = {
  name: 'PATH',
  min: 1,
  max: Infinity,
  completes: 'file',
  doc: 'files of policies, directories with them, - for standard input',
};

/** Of everything that reads sources. */
export const FOREIGN_OPTIONS = {
  foreign: {
    type: 'list',
    value: 'SYSTEM.NAME=VALUE',
    completes: 'nothing',
    doc: 'setting of another system whose policies are read; may be repeated (`lictor import --help` lists them)',
  },
  'max-source-bytes': { type: 'number', value: 'BYTES', min: 1, max: 2 ** 30, doc: 'limit of one source file' },
} as const satisfies Options;

export const COMPILE_OPTIONS = {
  set: {
    type: 'list',
    value: 'NAME=VALUE',
    completes: 'nothing',
    doc: 'value of a parameter of a Library; may be repeated',
  },
  strict: { type: 'flag', doc: 'warnings are errors' },
  'allow-expired': { type: 'flag', doc: 'expired exceptions are warnings' },
  ...FOREIGN_OPTIONS,
} as const satisfies Options;

/** Of the commands that make a program. */
export const BUILD_OPTIONS = {
  ...COMPILE_OPTIONS,
  budget: { type: 'number', value: 'BYTES', min: 1, max: 2 ** 31, doc: 'bytes that the program may have' },
  'allow-slow': { type: 'flag', doc: 'also take a program whose verdicts are dearer than the budget of steps' },
} as const satisfies Options;

type CompileValues = Values<typeof COMPILE_OPTIONS>;

/**
 * Values of a flag that may be repeated.
 * @throws Stop where one is not NAME=VALUE
 */
export function assignments(flag: string, texts: readonly string[]): Record<string, string> {
  const set = texts.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new Stop(Exit.Usage, `\`--${flag} ${text}\`: expected NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(set);
}

export const compileOptions = (values: CompileValues, io: Io): CompileOptions => ({
  set: assignments('set', values.set),
  foreign: assignments('foreign', values.foreign),
  today: io.today,
  allowExpired: values['allow-expired'],
  strict: values.strict,
  ...(values['max-source-bytes'] !== undefined && { maxSourceBytes: values['max-source-bytes'] }),
});

/**
 * Compiles, plans and emits with the flags of `BUILD_OPTIONS`.
 * @param kept what earlier builds of this process found out
 */
export const builder =
  (values: Values<typeof BUILD_OPTIONS>, kept?: Kept) =>
  (sources: readonly Source[], options: CompileOptions): Staged<Built | null> =>
    build(sources, {
      ...options,
      allowSlow: values['allow-slow'],
      ...(kept && { kept }),
      ...(values.budget !== undefined && { maxProgramBytes: values.budget }),
    });

export interface CompiledSources<T> {
  readonly sources: readonly Source[];
  readonly value: T | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A rule of a library that nobody defines is one of these. */
const UNKNOWN_NAME: DiagnosticCode = 'L1203';

/**
 * Reads the sources and gives them to a stage of the compiler, unless reading already found errors. Where
 * policies use rules that only libraries that ship have, those count as sources, too.
 * @param stage `compile`, or what `builder` makes
 */
export async function compileWith<T>(
  operands: readonly string[],
  values: CompileValues,
  io: Io,
  stage: (sources: readonly Source[], options: CompileOptions) => Staged<T | null>,
): Promise<CompiledSources<T>> {
  const options = compileOptions(values, io);
  const { value: sources, diagnostics } = await readSources(operands, io, options.maxSourceBytes);
  if (diagnostics.length > 0) return { sources, value: null, diagnostics };
  const found = stage(sources, options);
  const isMissing = found.diagnostics.some(({ code }) => code === UNKNOWN_NAME);
  const libraries = isMissing ? shippedLibraries(sources, options.foreign) : [];
  if (libraries.length === 0) return { sources, ...found };
  const all = [...sources, ...libraries];
  return { sources: all, ...stage(all, options) };
}
