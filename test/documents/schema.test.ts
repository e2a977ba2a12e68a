/** The JSON Schemas and the reader come from one table: they accept and refuse the same documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromJSONSchema } from 'zod';
import type { Diagnostic } from '../../compiler/diagnostics/index.ts';
import { toJson, type Located } from '../../compiler/document/located.ts';
import { readYaml } from '../../compiler/document/yaml.ts';
import { schemas } from '../../compiler/index.ts';
import { DOCUMENTS, DOCUMENT_KINDS, type DocumentKind } from '../../compiler/schema/documents.ts';
import { read } from '../../compiler/schema/read.ts';
import type { Shape } from '../../compiler/schema/shape.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { casesOf } from './support.ts';

const test = suite('schema');
const seed = runSeed();
console.log(`seed ${seed}`);

const validators = Object.fromEntries(
  Object.entries(schemas()).map(([kind, schema]) => [
    kind,
    fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]),
  ]),
);

const kindOf = (root: Located): DocumentKind | undefined => {
  const kind = root.is === 'map' ? root.entries.find(({ key }) => key.text === 'kind')?.value : undefined;
  return DOCUMENT_KINDS.find((name) => kind?.is === 'scalar' && kind.value === name);
};

/** Both judgements of every document of a text. */
function compare(text: string, where: string): number {
  const { value, diagnostics } = readYaml({ path: 'a', text }, 0);
  const roots = diagnostics.length === 0 ? value.roots : [];
  for (const root of roots) {
    const kind = kindOf(root);
    if (kind === undefined) continue;
    const found: Diagnostic[] = [];
    read(DOCUMENTS[kind], root, root.span, (diagnostic) => found.push(diagnostic));
    const judged = validators[kind].safeParse(toJson(root));
    assert.is(
      judged.success,
      found.length === 0,
      `${where}: ${JSON.stringify(toJson(root))}\n${JSON.stringify(found)}\n${judged.error}`,
    );
  }
  return roots.length;
}

test('broken and sound documents', () => {
  for (const { title, text } of [...casesOf('broken.txt'), ...casesOf('format.txt')]) compare(text, title);
});

test('the policies that ship', () => {
  const folder = new URL('../../policies/', import.meta.url);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.yaml')) assert.ok(compare(readFileSync(new URL(name, folder), 'utf8'), name) > 0, name);
  }
});

test('random policies', () => {
  for (let n = 0; n < 40; n++) {
    const r = new Random(batchSeed(seed, n));
    compare(documentsOf(r, sayable(randomNormalForm(r).normal)), `seed ${seed}, batch ${n}`);
  }
});

test('every key has a sentence', () => {
  const visit = (shape: Shape, path: string): void => {
    if (shape.is === 'list' || shape.is === 'map') visit(shape.of, path);
    if (shape.is === 'either') [shape.first, shape.other].forEach((one) => visit(one, path));
    if (shape.is !== 'object') return;
    for (const [name, field] of Object.entries(shape.fields)) {
      assert.ok(field.doc.length > 3 && !field.doc.endsWith('.'), `${path}.${name}`);
      visit(field.shape, `${path}.${name}`);
    }
  };
  for (const kind of DOCUMENT_KINDS) visit(DOCUMENTS[kind], kind);
});

test.run();
