/** Files that were never meant for Lictor, given to its front end: clear diagnostics, no exception, no hang. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { compile } from '../../compiler/index.ts';
import { sharedTest } from '../support/shared.ts';
import { filesBelow, readText } from './files.ts';

const OPTIONS = { today: '2026-11-21' };

/** What is wrong with what the compiler said of a source, or null. */
const complaint = (path: string, text: string): string | null => {
  const { value, diagnostics } = compile([{ path, text }], OPTIONS);
  const empty = /^(\s|#.*|---)*$/.test(text);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (empty) return null;
  if (value !== null) return `${path}: taken for a policy of ours`;
  if (errors.length === 0) return `${path}: refused without an error`;
  for (const { code, message, span } of diagnostics) {
    if (!(code in CATALOGUE)) return `${path}: unknown code ${code}`;
    if (message === '' || message.endsWith('.')) return `${path}: ${code} says \`${message}\``;
    if (span && (span.start < 0 || span.start > span.end || span.end > text.length)) {
      return `${path}: ${code} is about ${span.start}..${span.end} of ${text.length}`;
    }
  }
  return null;
};

test('a policy of KubeArmor is refused at its place', () => {
  const text =
    'apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\nmetadata: {name: a}\nspec: {action: Block}\n';
  assert.is(complaint('policy.yaml', text), null);
});

for (const corpus of [
  'falco-rules',
  'falco-test-rulesets',
  'kubearmor-examples',
  'kubearmor-policy-templates',
  'tetragon-policies',
]) {
  sharedTest(`every document of ${corpus} is refused with diagnostics`, `corpora/${corpus}`, (folder) => {
    const names = filesBelow(folder, /\.ya?ml$/);
    assert.ok(names.length > 0, 'the corpus is empty');
    assert.equal(
      names.map((name) => complaint(name, readText(folder, name))).filter((wrong) => wrong !== null),
      [],
    );
    console.log(`${corpus}: ${names.length} files`);
  });
}

test.run();
