/** What globs say about the components of a path, beside what their automata accept. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Component,
  type Components,
  components,
  foldedPattern,
  parseGlob,
  toDfa,
} from '../../compiler/pattern/index.ts';
import { accepts } from './automaton.ts';

const treeOf = (glob: string, fold = false) => {
  const parsed = parseGlob(glob, fold);
  if ('error' in parsed) throw new Error(`refused: ${parsed.error}`);
  return parsed.pattern;
};

/** Whether a component is what is known of it. */
const is = (known: Component, text: string): boolean => {
  if (known === null || typeof known === 'string') return known === null || known === text;
  const { texts, least, fixed } = known;
  if (fixed ? text.length !== least : text.length < least) return false;
  return texts.every(({ text: part, from, offset }) => {
    const at = from === 'begin' ? offset : text.length - offset - part.length;
    return text.slice(at, at + part.length) === part;
  });
};

/** Whether a path has what an alternative asks for. */
const has = ({ head, tail, run, before, behind, gap, least }: Components, path: string): boolean => {
  const parts = path.split('/');
  if (gap ? parts.length < least : parts.length !== least) return false;
  const last = parts.slice(parts.length - tail.length);
  const hasRun = (base: number): boolean =>
    base >= before && parts.length - 1 - base >= behind && run.every((known, i) => is(known, parts[base + i]));
  return (
    head.every((known, i) => is(known, parts[i])) &&
    tail.every((known, i) => is(known, last[i])) &&
    (run.length === 0 || parts.some((_, base) => hasRun(base)))
  );
};

const piece = fc.constantFrom(
  ...['/', '/', '/', 'a', 'b', 'ab', '.x', '*', '*', '**', '**', '**/', '/**/', '?', '?*', '[!a]', '[a-c]', '\\*'],
  ...['{a,b}', '{a/b,}', '{**,b}', '{/,b/}', '{**,b}*'],
);
const globs = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
const paths = fc
  .array(fc.constantFrom('/', '/', '/', 'a', 'b', '.x', 'ab', '*', '\xff'), { maxLength: 9 })
  .map((parts) => parts.join(''));

test('a match has the components of an alternative, and nothing else has where that is exact', () => {
  let compared = 0;
  fc.assert(
    fc.property(globs, fc.array(paths, { minLength: 20, maxLength: 20 }), (glob, texts) => {
      const tree = treeOf(glob);
      const alternatives = components(tree);
      if (!alternatives) return;
      const dfa = toDfa(tree, 3000)!;
      const rests = alternatives.map(({ rest }) => (rest === null ? null : toDfa(treeOf(rest), 3000)));
      for (const path of texts) {
        const matches = accepts(dfa, path);
        if (matches)
          assert.ok(
            alternatives.some((c) => has(c, path)),
            `${glob} ${path}`,
          );
        alternatives.forEach((c, i) => {
          const rest = rests[i];
          const isLeft = rest !== null && has(c, path) && accepts(rest, path);
          if (isLeft) assert.ok(matches, `${glob} ${path} rest ${c.rest}`);
          if (matches && rest !== null && alternatives.length === 1)
            assert.ok(isLeft, `${glob} ${path} rest ${c.rest}`);
          if (c.exact && has(c, path)) assert.ok(matches, `${glob} ${path} ${JSON.stringify(c)}`);
          if (c.exactPrefix && path.startsWith(c.prefix)) assert.ok(matches, `${glob} ${path} prefix ${c.prefix}`);
          if (c.exactSuffix && path.endsWith(c.suffix)) assert.ok(matches, `${glob} ${path} suffix ${c.suffix}`);
        });
        if (matches) {
          assert.ok(
            alternatives.some((c) => has(c, path) && path.startsWith(c.prefix) && path.endsWith(c.suffix)),
            `${glob} ${path} ends`,
          );
        }
        compared += 1;
      }
    }),
    { numRuns: 2000, verbose: 1 },
  );
  assert.ok(compared > 20_000);
});

test('a folded pattern in lower case accepts what it accepts, in lower case', () => {
  const text = fc.array(fc.constantFrom('/', 'a', 'A', 'Z', 'z', '_', '[', 'b'), { maxLength: 5 });
  for (const glob of ['[Z-a]*', 'A/**', '[!b]?', '{A,b}', '*[a-z]']) {
    const folded = toDfa(treeOf(glob, true), 3000)!;
    const lowered = toDfa(foldedPattern(treeOf(glob, true))!, 3000)!;
    fc.assert(
      fc.property(text, (parts) => {
        const path = parts.join('');
        assert.is(accepts(lowered, path.toLowerCase()), accepts(folded, path), `${glob} ${path}`);
      }),
      { numRuns: 300 },
    );
  }
});

const only = (glob: string): Components => {
  const all = components(treeOf(glob))!;
  assert.is(all.length, 1, glob);
  return all[0];
};

test('what is known of common globs', () => {
  assert.equal(only('/home/*/.ssh/**').head, ['', 'home', null, '.ssh']);
  assert.ok(only('/home/*/.ssh/**').exact);
  assert.is(only('/home/*/.ssh/**').least, 5);
  assert.ok(only('/var/log/**').exactPrefix);
  assert.ok(only('**/*.pem').exactSuffix);
  assert.ok(only('**.pem').exactSuffix);
  assert.not.ok(only('*.pem').exactSuffix);
  assert.equal(only('/srv/**/conf/x').tail, ['conf', 'x']);
  assert.equal(only('/srv/*/conf/*.yaml').head[4], {
    texts: [{ text: '.yaml', from: 'end', offset: 0 }],
    least: 5,
    fixed: false,
  });
  assert.ok(only('/srv/*/conf/*.yaml').exact);
  assert.equal(only('/tmp/a-??').head[2], { texts: [{ text: 'a-', from: 'begin', offset: 0 }], least: 4, fixed: true });
  assert.equal(only('**/.git/*/b/**').run, ['.git', null, 'b']);
  assert.ok(only('/srv/**/.git/**').exact);
  assert.is(only('/lib/*/libx-[0-9]*.so').rest, '*/*/*/?????[\\0\\1\\2\\3\\4\\5\\6\\7\\8\\9]*???');
  assert.ok(only('/lib/*/libx-[0-9]*.so').literal);
  assert.not.ok(only('/var/log/*-app*.log').literal);
});

test('a pattern of very many alternatives is none of components', () => {
  assert.is(components(treeOf('{a,b}'.repeat(7))), null);
  assert.is(components(treeOf('a**/'.repeat(8))), null);
});

test.run();
