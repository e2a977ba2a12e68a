/** Policies that others wrote, compiled: how many, with what findings, and which are refused. `counts.txt` keeps the table. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Source } from '../../compiler/diagnostics/diagnostic.ts';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import type { Located } from '../../compiler/document/located.ts';
import { readSource } from '../../compiler/document/source.ts';
import { get, itemsOf } from '../../compiler/foreign/read.ts';
import { compile } from '../../compiler/index.ts';
import { sharedTest } from '../support/shared.ts';
import { carriedOver } from './falco-rules.ts';
import { filesBelow, readText } from './files.ts';

const OPTIONS = { today: '2026-11-21' };
const COUNTS = join(import.meta.dirname, 'counts.txt');
const CORPORA = [
  'falco-rules',
  'falco-test-rulesets',
  'kubearmor-examples',
  'kubearmor-policy-templates',
  'tetragon-policies',
];

/** What is wrong with findings, whatever they say. */
const complaint = ({ path, text }: Source, { code, message, span }: Diagnostic): string[] => {
  const wrong = (what: string): string[] => [`${path}: ${code} ${what}`];
  if (!(code in CATALOGUE)) return wrong('is no code of the catalogue');
  if (message === '' || message.endsWith('.')) return wrong(`says \`${message}\``);
  if (span === null || span.start < 0 || span.start > span.end || span.end > text.length)
    return wrong('has no place in the text');
  return [];
};

interface Counts {
  files: number;
  /** Documents of other systems, by system. */
  readonly documents: Map<string, number>;
  /** Files that compile, and those with errors. */
  compiled: number;
  refused: number;
  /** By code. */
  readonly findings: Map<string, number>;
  /** Hooks of Tetragon, by what became of them: carried over, or why not. */
  readonly hooks: Map<string, number>;
}

const add = (map: Map<string, number>, key: string, n = 1): void => void map.set(key, (map.get(key) ?? 0) + n);

const SECTIONS = ['kprobes', 'tracepoints', 'lsmhooks', 'fentries', 'uprobes', 'usdts'];

/** What became of each hook of a policy of Tetragon: of several reasons the first. */
const hooksOf = (root: Located, diagnostics: readonly Diagnostic[]): string[] => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return SECTIONS.flatMap((section) => itemsOf(get(get(root, 'spec'), section))).map(({ span: { start, end } }) => {
    const error = errors.find(({ span }) => span !== null && start <= span.start && span.end <= end);
    return error === undefined
      ? 'carried over'
      : error.message.replace(/`[^`]*`/g, '…').replace(/argument \d/, 'an argument');
  });
};

/** Each file by itself, as `lictor check FILE` does. */
const count = (folder: string): Counts => {
  const counts: Counts = {
    files: 0,
    documents: new Map(),
    compiled: 0,
    refused: 0,
    findings: new Map(),
    hooks: new Map(),
  };
  const wrong: string[] = [];
  for (const path of filesBelow(folder, /\.ya?ml$/)) {
    const source = { path, text: readText(folder, path) };
    const read = readSource(source, 0);
    if (read.foreign.length === 0 && !read.incomplete) continue;
    counts.files++;
    for (const { system } of read.foreign) add(counts.documents, system.name);
    const { value, diagnostics } = compile([source], OPTIONS);
    if (value === null) counts.refused++;
    else counts.compiled++;
    if (value === null && diagnostics.length === 0) wrong.push(`${path}: refused without a finding`);
    wrong.push(...diagnostics.flatMap((diagnostic) => complaint(source, diagnostic)));
    for (const { code } of diagnostics) add(counts.findings, code);
    for (const { root, system } of read.foreign) {
      if (system.name === 'tetragon') for (const fate of hooksOf(root, diagnostics)) add(counts.hooks, fate);
    }
  }
  assert.equal(wrong, []);
  return counts;
};

const table = (name: string, { files, documents, compiled, refused, findings, hooks }: Counts): string => {
  const sorted = (map: Map<string, number>): string[] =>
    [...map].sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, n]) => `${n} ${key}`);
  const list = (map: Map<string, number>): string => sorted(map).join(', ') || 'none';
  return [
    `## ${name}`,
    `files: ${files}, ${compiled} compile, ${refused} have errors`,
    `documents: ${list(documents)}`,
    `findings: ${list(findings)}`,
    ...(hooks.size > 0 ? ['hooks:', ...sorted(hooks).map((line) => `  ${line}`)] : []),
    '',
  ].join('\n');
};

const tables = new Map<string, string>();
for (const name of CORPORA) {
  sharedTest(`${name} is compiled, or refused at its place`, `corpora/${name}`, (folder) => {
    const files = name === 'falco-rules' ? filesBelow(folder, /\.ya?ml$/) : [];
    const rules = files.length === 0 ? '' : carriedOver(files.map((path) => ({ path, text: readText(folder, path) })));
    const text = table(name, count(folder)) + rules;
    tables.set(name, text);
    console.log(text);
  });
}

sharedTest('the counts are those that are kept', 'corpora', () => {
  const text = CORPORA.map((name) => tables.get(name)).join('\n');
  if (process.env['UPDATE']) writeFileSync(COUNTS, text);
  assert.is(readFileSync(COUNTS, 'utf8'), text);
});

test.run();
