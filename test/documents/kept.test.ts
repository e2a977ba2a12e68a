/** What is kept between builds: whatever changes, the outcome is that of a build from the beginning, byte for byte. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../compiler/build.ts';
import type { Source } from '../../compiler/diagnostics/diagnostic.ts';
import { KeptSources, type ReadSource } from '../../compiler/document/kept.ts';
import { Kept } from '../../compiler/index.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';

const test = suite('kept');

const policy = (name: string, rules: readonly string[]): string => `apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: ${name}
spec:
  mode: enforce
  rules:
${rules.map((when, i) => `    - name: r${i}\n      on: file.read\n      when: ${when}\n      action: deny\n`).join('')}`;

const library = (macro: string): string => `apiVersion: lictor.dev/v1
kind: Library
metadata: {name: l}
spec:
  macros: {used: '${macro}'}
  rules:
    shared: {on: exec, when: used, action: deny}
`;
const elsewhere = (kind: string, name: string, spec: string, target: string): string => `apiVersion: lictor.dev/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  target: ${target}
  ${spec}
`;

/** Some with errors of YAML, of documents and of conditions, some with warnings. */
const condition = fc.constantFrom(
  'file.path = "/a"',
  'used and file.path = "/a"',
  'file.path = "/a" and used',
  'file.path = "/b" and proc.user = "x"',
  'proc.user = "root"',
  'file.pat = "/a"',
  'file.path =',
  '[',
);
/** What policies take from elsewhere: macros with errors and with warnings, a rule, exceptions and overlays of `p` and `q`. */
const shared = fc.constantFrom(
  library('proc.user = "x"'),
  library('proc.user = "y"'),
  library('proc.usr = "x"'),
  library('proc.cmdline contains ""'),
  elsewhere('Exception', 'but', 'when: proc.user = "z"\n  reason: a\n  owner: b', '{policy: p, rule: r0}'),
  elsewhere('Exception', 'but', 'when: used\n  reason: a\n  owner: b', '{policy: p, rule: r0}'),
  elsewhere('Overlay', 'other', 'action: audit', '{policy: q, rule: r0}'),
  elsewhere('Overlay', 'other', 'mode: observe', '{policy: q}'),
);
const policySource = fc.record({
  path: fc.constantFrom('a.yaml', 'b.yaml', 'c.yaml'),
  text: fc
    .tuple(fc.constantFrom('p', 'q', 'r'), fc.array(condition, { minLength: 1, maxLength: 3 }))
    .map(([name, rules]) => policy(name, rules)),
});
const sharedSource = fc.record({ path: fc.constantFrom('l.yaml', 'm.yaml'), text: shared });
const sources = fc.array(fc.oneof(policySource, policySource, sharedSource), { minLength: 1, maxLength: 5 });

test('a sequence of builds gives what each gives alone', () => {
  const options = { today: '2026-01-01' };
  fc.assert(
    fc.property(fc.array(sources, { minLength: 2, maxLength: 5 }), (builds) => {
      const kept = new Kept();
      for (const all of builds) {
        const [one, other] = [build(all, { ...options, kept }), build(structuredClone(all), options)];
        assert.equal(one.diagnostics, other.diagnostics);
        assert.equal(one.value?.file, other.value?.file);
      }
    }),
    { numRuns: 200 },
  );
});

test('edits of many files, one or some between two builds, give the bundles that builds from the beginning give', () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  let changed = 0;
  for (let run = 0; run < 12; run++) {
    const r = new Random(batchSeed(seed, run));
    const kept = new Kept();
    const draw = (): string[] =>
      documentsOf(r, sayable(randomNormalForm(r).normal))
        .split(/^---\n/m)
        .filter((text) => text !== '');
    const others = draw();
    const pick = (): Source => ({ path: `other-${r.below(others.length)}.yaml`, text: r.pick(others) });
    let all = draw().map((text, i): Source => ({ path: `${i}.yaml`, text }));
    let last: Uint8Array | undefined;
    for (let edit = 0; edit < 6; edit++) {
      const one = build(structuredClone(all), { today: '2026-01-01', allowSlow: true, kept });
      const other = build(structuredClone(all), { today: '2026-01-01', allowSlow: true });
      const about = `seed ${seed}, run ${run}, edit ${edit}`;
      assert.equal(one.diagnostics, other.diagnostics, about);
      assert.equal(one.value?.file, other.value?.file, about);
      if (one.value && last && Buffer.compare(one.value.file, last) !== 0) changed++;
      last = one.value?.file;
      const at = r.below(all.length);
      if (r.chance(0.1)) all = all.filter((_, i) => i !== at || all.length < 2);
      else if (r.chance(0.1)) all = [...all.slice(0, at), pick(), ...all.slice(at)];
      else if (r.chance(0.1)) all = all.map((source, i) => (i === at ? { ...source, text: pick().text } : source));
      else all = all.map((source, i) => (i === at ? { ...source, text: withoutRule(source.text, r) } : source));
    }
  }
  assert.ok(changed > 10, `only ${changed} edits changed a bundle`);
});

/** A policy without one of its rules, or with a comment more. */
function withoutRule(text: string, r: Random): string {
  const parts = text.split(/^(?=    - name: )/m);
  const at = r.below(parts.length);
  return at === 0 || parts.length === 2 ? `${text}# ${at}\n` : parts.filter((_, i) => i !== at).join('');
}

test('what did not change is not read again', () => {
  const kept = new KeptSources();
  let reads = 0;
  const read = (): ReadSource => {
    reads++;
    return { documents: [], foreign: [], diagnostics: [], incomplete: false };
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
