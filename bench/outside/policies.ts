/** A policy file or directory as normal form. */
import { readFileSync } from 'node:fs';
import { compile, decodeSource } from '../../compiler/index.ts';
import type { Diagnostic, Source } from '../../compiler/diagnostics/diagnostic.ts';
import { expand } from '../../cli/input/paths.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { BadInput } from './input.ts';

/** Exceptions of policies do not expire here: a benchmark measures the same today and tomorrow. */
const DAY = '2000-01-01';

/**
 * @param path of a file or directory
 * @throws BadInput with the first error of the policies
 */
export const readPolicies = (path: string): NormalForm => {
  const sources: Source[] = [];
  const errors: Diagnostic[] = [];
  for (const file of expand([path])) {
    const { value, diagnostics } = decodeSource(file, readFileSync(file), { source: sources.length });
    sources.push(value);
    errors.push(...diagnostics);
  }
  const compiled = errors.length > 0 ? null : compile(sources, { today: DAY });
  if (compiled?.value) return compiled.value.normal;
  const [first] = compiled?.diagnostics.filter(({ severity }) => severity === 'error') ?? errors;
  const source = sources[first.span?.source ?? 0];
  const line = first.span ? source.text.slice(0, first.span.start).split('\n').length : 1;
  throw new BadInput(source.path, line, first.message);
};
