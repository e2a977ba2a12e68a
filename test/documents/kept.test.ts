/** Sources that are kept between builds: whatever changes, the outcome is that of a build from the beginning. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../compiler/build.ts';
import { KeptSources } from '../../compiler/index.ts';

const test = suite('kept sources');

const policy = (name: string, rules: readonly string[]): string => `apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: ${name}
spec:
  mode: enforce
  rules:
${rules.map((when, i) => `    - name: r${i}\n      on: file.read\n      when: ${when}\n      action: deny\n`).join('')}`;

/** Some with errors of YAML, of documents and of conditions, some with warnings. */
const condition = fc.constantFrom(
  'file.path = "/a"',
  'file.path = "/b" and proc.user = "x"',
  'proc.user = "root"',
  'file.pat = "/a"',
  'file.path =',
  '[',
);
const source = fc.record({
  path: fc.constantFrom('a.yaml', 'b.yaml', 'c.yaml'),
  text: fc
    .tuple(fc.constantFrom('p', 'q', 'r'), fc.array(condition, { minLength: 1, maxLength: 3 }))
    .map(([name, rules]) => policy(name, rules)),
});
const sources = fc.array(source, { minLength: 1, maxLength: 4 });

test('a sequence of builds gives what each gives alone', () => {
  const options = { today: '2026-01-01' };
  fc.assert(
    fc.property(fc.array(sources, { minLength: 2, maxLength: 5 }), (builds) => {
      const kept = new KeptSources();
      for (const all of builds) {
        const [one, other] = [build(all, { ...options, kept }), build(structuredClone(all), options)];
        assert.equal(one.diagnostics, other.diagnostics);
        assert.equal(one.value?.file, other.value?.file);
      }
    }),
    { numRuns: 60 },
  );
});

test('what did not change is not read again', () => {
  const kept = new KeptSources();
  let reads = 0;
  const read = (): { documents: []; diagnostics: []; incomplete: boolean } => {
    reads++;
    return { documents: [], diagnostics: [], incomplete: false };
  };
  const one = { path: 'a.yaml', text: 'a: 1' };
  for (const { at, all } of [
    { at: 1, all: [one] },
    { at: 1, all: [{ ...one }] },
    { at: 2, all: [{ ...one, text: 'a: 2' }] },
    { at: 3, all: [one] },
  ]) {
    kept.begin();
    all.forEach((each, i) => kept.get(each, i, read));
    assert.is(reads, at);
  }
});

test.run();
