/** Which documents are whose: those of each system are known, and what has some of the same words is nobody's. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importDocuments } from '../../compiler/document/documents.ts';
import { readSource } from '../../compiler/document/source.ts';
import { sourcesOf } from './support.ts';

const systemsOf = (text: string): string[] =>
  readSource(sourcesOf(text)[0], 0).foreign.map(({ system }) => system.name);

const THEIRS: readonly (readonly [text: string, system: string])[] = [
  ['apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\n', 'kubearmor'],
  ['kind: KubeArmorPolicy\n', 'kubearmor'],
  ['action: Block\nmatch:\n  process:\n    path: /bin/bash\n', 'kubearmor'],
  ['apiVersion: operator.kubearmor.com/v1\nkind: KubeArmorConfig\n', 'kubearmor'],
  ['- list: shells\n  items: [sh]\n', 'falco'],
  ['- required_engine_version: 1\n- foo\n', 'falco'],
  ['rules:\n  - disable: {rule: x}\n', 'falco'],
  ['{"_id": 1, "name": "n", "type": "processes", "script": "proc.name = 1"}', 'prisma'],
  ['[{"name": "web", "namespaces": ["*"], "color": "#fff"}]', 'prisma'],
  ['{"name": "web", "namespace": ["*"], "labels": []}', 'prisma'],
  ['{"image": "nginx", "processes": {"static": []}}', 'prisma'],
  ['{"_id": "containerRuntime", "rules": []}', 'prisma'],
  ['{"name": "p", "policyMode": "ACTIVE"}', 'qualys'],
  ['{"data": [{"name": "p", "policyMode": "ACTIVE"}]}', 'qualys'],
  ['{"name": "set", "rules": [{"ruleID": "TM-00000001"}]}', 'trend'],
  ['{"name": "set", "rules": [{"ruleID": "TN-00000001", "mitigation": "log"}]}', 'trend'],
  ['apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n', 'tetragon'],
];
for (const [text, system] of THEIRS) {
  test(`of ${system}: ${JSON.stringify(text)}`, () => assert.equal(systemsOf(text), [system]));
}

/** What stands in repositories beside policies. */
const NOBODYS: readonly (readonly [what: string, text: string])[] = [
  ['a list of texts', '- a\n- list\n'],
  ['a list of maps', '- a: 1\n- b: 2\n'],
  ['an empty list', '[]\n'],
  ['a list of lists', '[[rule]]\n'],
  ['a playbook', '- name: web\n  hosts: all\n  tasks: []\n'],
  ['tasks that run a script', '- name: install\n  script: install.sh\n'],
  ['a form of issues', 'name: Bug\ndescription: d\nlabels: [bug]\nbody: []\n'],
  ['values of a chart', 'image: nginx\nnetwork: {host: true}\nprocesses: 4\n'],
  ['values with a map for the image', 'image: {tag: "1"}\nfilesystem: {readOnly: true}\n'],
  ['rules of a scanner', 'rules:\n  - {ruleId: no-eval, level: error}\n  - {id: x}\n'],
  ['rules of a proxy', 'match: {path: /}\naction: forward\n'],
  ['a package', '{"name": "p", "version": "1.0.0", "scripts": {}}'],
  ['a workflow', 'name: ci\non: push\njobs: {}\n'],
  ['a text', 'hello\n'],
];
for (const [what, text] of NOBODYS) {
  test(`nobody's: ${what}`, () => {
    assert.equal(systemsOf(text), []);
    const { diagnostics } = importDocuments(sourcesOf(text), { foreign: {}, system: 'falco' });
    assert.equal(diagnostics.length, 1, text);
    const [{ code, help, message }] = diagnostics;
    assert.is(code, 'L1101');
    assert.not.match(message, /Falco/);
    assert.match(
      help ?? '',
      /^a document starts with `apiVersion: lictor.dev\/v1` and its `kind`; policies of KubeArmor, .*Falco/,
    );
  });
}

test.run();
