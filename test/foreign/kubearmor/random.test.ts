/** Random policies: decided as the model decides, imported without a change of meaning, and mutilated without an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { bundleOf, decide, eventOf, findingsOf, sameWhenImported, sourcesOf, rounds } from '../support.ts';
import { LABELS, PATHS, PROGRAMS, randomPolicies } from './generate.ts';
import { decideByModel, type ModelEvent } from './model.ts';

const seed = runSeed();

function randomEvent(r: Random): ModelEvent {
  const kind = r.pick(['exec', 'file.read', 'file.write', 'file.delete']);
  const k8s = { namespace: r.pick(['shop', 'shop', 'bank', 'x']), labels: { ...r.pick(LABELS), ...r.pick(LABELS) } };
  const seen = { uid: r.below(2), interactive: r.chance(0.3) };
  return kind === 'exec'
    ? { kind, proc: { path: r.pick(PATHS), ppath: r.pick(PROGRAMS), file_owner_uid: r.below(2), ...seen }, k8s }
    : { kind, proc: { path: r.pick(PROGRAMS), ...seen }, file: { path: r.pick(PATHS), owner_uid: r.below(2) }, k8s };
}

const OTHERS: readonly object[] = [
  {
    apiVersion: 'security.kubearmor.com/v1',
    kind: 'KubeArmorHostPolicy',
    metadata: { name: 'host' },
    spec: {
      nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'a,b' } },
      process: { matchPaths: [{ path: '/bin/x', allowedArgs: ['-c'], action: 'Allow' }] },
      network: { matchProtocols: [{ protocol: 'tcp,udp' }], matchDNSQueries: [{ domain: 'a.b' }] },
      capabilities: { matchCapabilities: [{ capability: 'net_raw', fromSource: [{ path: '/bin/x' }] }] },
      syscalls: { matchPaths: [{ path: '/a/', recursive: true, syscall: ['unlink'], fromSource: [{ dir: '/b/' }] }] },
      device: { matchDevice: [{ class: 'HID' }] },
      action: 'Block',
    },
  },
  {
    apiVersion: 'security.kubearmor.com/v1',
    kind: 'KubeArmorClusterPolicy',
    metadata: { name: 'cluster' },
    spec: {
      selector: {
        matchExpressions: [
          { key: 'namespace', operator: 'NotIn', values: ['a'] },
          { key: 'label', operator: 'In', values: ['app=web', 'tier=back'] },
        ],
      },
      presets: [{ name: 'filelessExec', action: 'Audit' }],
    },
  },
  {
    apiVersion: 'security.kubearmor.com/v1',
    kind: 'KubeArmorNetworkPolicy',
    metadata: { name: 'net' },
    spec: {
      nodeSelector: {},
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: '80', endPort: 90, protocol: 'TCP' }] }],
      action: 'Allow',
    },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', annotations: { 'kubearmor-file-posture': 'block' } } },
];

test('policies decide what the model decides', () => {
  console.log(`seed ${seed}`);
  for (let index = 0; index < rounds(25); index++) {
    const r = new Random(batchSeed(seed, index));
    const policies = randomPolicies(r);
    const posture = r.pick(['allow', 'audit', 'block']);
    const texts = policies.map((policy) => JSON.stringify(policy));
    const bundle = bundleOf(sourcesOf(...texts), { 'kubearmor.file-posture': posture });
    const events = r.list(60, () => randomEvent(r));
    const decisions = decide(bundle, events.map(eventOf));
    events.forEach((event, n) => {
      const { actual } = decisions[n];
      const model = decideByModel(policies, event);
      const action = { allow: 'allow', deny: 'deny', posture: posture === 'block' ? 'deny' : posture }[model.effect];
      const found = { action: actual.action, noted: actual.matches.length > 0 };
      const where = `batch ${index} of seed ${seed}: ${JSON.stringify(event)}\n${texts.join('\n')}`;
      assert.equal(found, { action, noted: model.noted }, where);
    });
  }
});

test('imported policies decide the same', () => {
  for (let index = 0; index < rounds(12); index++) {
    const r = new Random(batchSeed(seed, 1000 + index));
    const texts = randomPolicies(r).map((policy) => JSON.stringify(policy));
    const posture = r.pick(['allow', 'audit', 'block']);
    sameWhenImported(sourcesOf(...texts), 'kubearmor', r, {
      count: 30,
      foreign: { 'kubearmor.file-posture': posture },
    });
  }
});

test('nothing that is written throws, and every finding has a place', () => {
  for (let index = 0; index < rounds(60); index++) {
    const r = new Random(batchSeed(seed, 2000 + index));
    const texts = r.list(2, () => JSON.stringify(mutated(r, r.pick([randomPolicies(r)[0], ...OTHERS]))));
    const sources = sourcesOf(...texts);
    for (const { code, span } of findingsOf(sources)) {
      assert.ok(span !== null && span.end <= texts[span.source].length, `${code} in ${texts.join('\n')}`);
    }
  }
});

test.run();
