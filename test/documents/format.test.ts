/** The canonical form: what it looks like, that it is one, and that it changes no meaning. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { Document, Scalar, visit } from 'yaml';
import { renderDiagnostics } from '../../compiler/diagnostics/index.ts';
import { compile, format } from '../../compiler/index.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { casesOf, matchesGolden, sourcesOf, TODAY } from './support.ts';

const test = suite('format');
const seed = runSeed();
console.log(`seed ${seed}`);

const cases = casesOf('format.txt');

test('what the canonical form looks like', () => {
  const texts = cases.map(({ title, text }) => {
    const [source] = sourcesOf(text);
    const { value, diagnostics } = format(source);
    return `=== ${title}\n${value ?? renderDiagnostics(diagnostics, [source], { color: false })}`;
  });
  matchesGolden('format.txt', `${texts.join('\n')}\n`);
});

test('the canonical form of a canonical form is itself', () => {
  for (const { title, text } of cases) {
    const { value } = format({ path: 'a', text });
    if (value !== null) assert.is(format({ path: 'a', text: value }).value, value, title);
  }
});

/** A policy as a person might write it: any order of keys, any style, comments anywhere. */
const COMMENTS = [' why', ' a: b', ' - c', ' "quoted', "'", ''];
const WHEN = [
  'proc.name = "a"',
  'proc.uid=1 or proc.uid == 2',
  'not (proc.name in ("a","b"))',
  'proc.name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" and proc.path glob "/bbbbbbbbbbbbbbbbbbbbbbbbbbbbb/**" and (proc.uid = 1 or false)',
  'proc.name = "a" # comment\n  and true',
  '\n\nproc.cmdline contains "#"\n',
  'proc.path matches r"a\\.b\'"',
];

interface Draw {
  readonly text: string;
  readonly comments: readonly string[];
}

function draw(r: Random): Draw {
  const shuffled = (object: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).sort(() => (r.chance(0.5) ? 1 : -1)));
  const rule = (i: number): object =>
    shuffled({
      name: `r${i}`,
      on: r.pick(['exec', ['exec', 'cap'], 'file']),
      when: r.pick([...WHEN, true]),
      action: r.pick(['deny', 'allow', 'audit']),
      ...(r.chance(0.3) && { unless: [shuffled({ name: 'u', when: r.pick(WHEN) })] }),
      ...(r.chance(0.3) && { tags: ['a: b', '#c', ''], message: 'a long text '.repeat(r.below(20)) }),
    });
  const document = new Document(
    shuffled({
      apiVersion: 'lictor.dev/v1',
      kind: 'Policy',
      metadata: shuffled({
        name: 'p',
        description: r.pick(['one line', 'two\nlines', 'a very long line '.repeat(12)]),
      }),
      spec: shuffled({
        mode: 'enforce',
        scope: shuffled({ namespace: ['a'], labels: { b: 'c' }, host: false }),
        defaults: { exec: 'deny' },
        rules: Array.from({ length: r.below(4) }, (_, i) => rule(i)),
      }),
    }),
  );
  const comments: string[] = [];
  const comment = (): string => {
    const made = `${r.pick(COMMENTS)} ${comments.length}`;
    comments.push(made);
    return made;
  };
  visit(document, {
    Node(key, node) {
      if (node instanceof Scalar && typeof node.value === 'string' && key === 'value') {
        node.type = r.pick(['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL']);
      }
    },
    Collection(_, node) {
      if (r.chance(0.15)) node.flow = true;
    },
    Pair(_, pair) {
      const name = pair.key as Scalar;
      if (r.chance(0.15)) name.commentBefore = comment();
      if (r.chance(0.15)) name.spaceBefore = true;
      if (r.chance(0.1) && pair.value instanceof Scalar && pair.value.type === 'PLAIN') pair.value.comment = comment();
    },
  });
  return { text: document.toString({ lineWidth: r.pick([0, 40, 80]) }), comments };
}

test('random policies: same meaning, all comments, and idempotent', () => {
  let formatted = 0;
  for (let n = 0; n < 200; n++) {
    const r = new Random(batchSeed(seed, n));
    const { text, comments } = draw(r);
    const before = compile(sourcesOf(text), { today: TODAY });
    const { value } = format({ path: 'a.yaml', text });
    const where = `seed ${seed}, batch ${n}:\n${text}`;
    // Some drawn comments make no YAML, and some are lost where the drawing is printed.
    if (value === null || before.value === null) continue;
    formatted++;
    const after = compile(sourcesOf(value), { today: TODAY });
    assert.equal(after.value?.normal, before.value.normal, where);
    assert.is(format({ path: 'a.yaml', text: value }).value, value, `not idempotent: ${where}`);
    for (const comment of comments) {
      if (text.includes(`#${comment}\n`)) assert.ok(value.includes(`#${comment}\n`), `#${comment} is lost: ${where}`);
    }
  }
  assert.ok(formatted > 100, `only ${formatted} were formatted`);
});

test('random bundles keep their normal form', () => {
  for (let n = 0; n < 30; n++) {
    const r = new Random(batchSeed(seed, n));
    const text = documentsOf(r, sayable(randomNormalForm(r).normal));
    const { value } = format({ path: 'a.yaml', text });
    assert.ok(value !== null);
    const [before, after] = [text, value].map((one) => compile(sourcesOf(one), { today: TODAY }).value);
    assert.equal(after?.normal, before?.normal, `seed ${seed}, batch ${n}`);
    assert.is(format({ path: 'a.yaml', text: value }).value, value, `not idempotent: seed ${seed}, batch ${n}`);
  }
});

test('any text is formatted to its own canonical form, or not at all', () => {
  const piece = fc.constantFrom(
    'a',
    ': ',
    '\n',
    '  ',
    '- ',
    '# c\n',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>\n',
    '---\n',
    '&x ',
    '*x',
    'when: ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { value } = format({ path: 'a', text: pieces.join('') });
      if (value !== null) assert.is(format({ path: 'a', text: value }).value, value, JSON.stringify(pieces.join('')));
    }),
    { seed, numRuns: 600 },
  );
});

test.run();
