/** Sources in, diagnostics and values out: what the tests of documents share. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { compile, type Compiled, type CompileOptions } from '../../compiler/index.ts';
import { renderDiagnostics, type Diagnostic, type Source } from '../../compiler/diagnostics/index.ts';

export const TODAY = '2026-11-21';

export const sourcesOf = (...texts: readonly string[]): Source[] =>
  texts.map((text, i) => ({ path: texts.length === 1 ? 'a.yaml' : `${'abcdef'[i]}.yaml`, text }));

/** Compiles without an error, or the test fails with what was found. */
export function compiled(texts: string | readonly string[], options: Partial<CompileOptions> = {}): Compiled {
  const sources = sourcesOf(...[texts].flat());
  const { value, diagnostics } = compile(sources, { today: TODAY, ...options });
  assert.ok(value, renderDiagnostics(diagnostics, sources, { color: false }));
  return value;
}

/** Codes of the diagnostics, in order. */
export function codes(texts: string | readonly string[], options: Partial<CompileOptions> = {}): string[] {
  return findings(texts, options).map(({ code }) => code);
}

export function findings(
  texts: string | readonly string[],
  options: Partial<CompileOptions> = {},
): readonly Diagnostic[] {
  return compile(sourcesOf(...[texts].flat()), { today: TODAY, ...options }).diagnostics;
}

/** A policy with these lines below `spec`, and these rules. */
export function policy(rules: readonly string[], name = 'p', spec = 'mode: enforce'): string {
  const lines = rules.map((rule) => `    - ${rule}\n`).join('');
  const body = spec.replace(/^/gm, '  ');
  return `apiVersion: lictor.dev/v1\nkind: Policy\nmetadata: {name: ${name}}\nspec:\n${body}\n${lines && `  rules:\n${lines}`}`;
}

/** Another kind of document; `spec` is its flow form. */
export const document = (kind: string, name: string, spec: string): string =>
  `---\napiVersion: lictor.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

export interface Titled {
  readonly title: string;
  readonly text: string;
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Cases of a text file: each starts with a line `=== title`. */
export function casesOf(name: string): Titled[] {
  return readFileSync(path(name), 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((part) => ({ title: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n') + 1) }));
}

/** Compares with a file of `golden/`; `UPDATE=1` writes it anew. */
export function matchesGolden(name: string, text: string): void {
  const file = path(`golden/${name}`);
  if (process.env['UPDATE'] === '1') writeFileSync(file, text);
  assert.ok(existsSync(file), `${name} is missing: run with UPDATE=1`);
  assert.fixture(text, readFileSync(file, 'utf8'));
}
