/** Export to KubeArmor: what is written and read again decides the same, and what it cannot say is named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../../compiler/diagnostics/diagnostic.ts';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { randomPolicies } from '../kubearmor/generate.ts';
import { bundleOf, decide, eventsFor, imported, rounds, sourcesOf, type Settings } from '../support.ts';
import { exported, policy } from './support.ts';

const seed = runSeed();
const TURNS = rounds(40);
const SCOPE = { namespace: ['shop'], labels: { app: 'web' } };
const FILES = ['file.read', 'file.modify'];
const NET = ['net.connect', 'net.send', 'net.bind', 'net.listen', 'net.accept'];

/** @returns whether there was anything to compare: a refusal is none */
function sameWhenExported(sources: readonly Source[], r: Random, foreign: Settings = {}): boolean {
  const { text, said } = exported('kubearmor', sources, foreign);
  if (text === '') {
    assert.ok(
      said.some((line) => /^L570[1-6] /.test(line)),
      'nothing is refused without a reason',
    );
    return false;
  }
  const ours = bundleOf(sources, foreign);
  const theirs = bundleOf([{ path: 'exported.yaml', text }]);
  // Each aims at the rules of one; a stream of events has processes of its own.
  const streams = [eventsFor(ours, r, 40), eventsFor(theirs, r, 40)];
  const [a, b] = [ours, theirs].map((bundle) =>
    streams
      .flatMap((events) => decide(bundle, events))
      .map(({ actual, asIf, errno }) => ({
        action: actual.action,
        noted: actual.matches.some((rule) => bundle.manifest.rules[rule].continue),
        asIf: asIf.action,
        errno,
      })),
  );
  assert.equal(b, a, `${sources.map((source) => source.text).join('\n---\n')}\n\n${text}`);
  return true;
}

test('policies of KubeArmor that were imported decide the same when they are exported', () => {
  console.log(`seed ${seed}`);
  let same = 0;
  for (let index = 0; index < TURNS; index++) {
    const r = new Random(batchSeed(seed, index));
    const texts = randomPolicies(r)
      .slice(0, 1 + r.below(3))
      .map((one) => JSON.stringify(one));
    const foreign = { 'kubearmor.file-posture': r.pick(['allow', 'audit', 'block']) };
    const text = imported(sourcesOf(...texts), 'kubearmor', foreign);
    if (text !== '' && sameWhenExported(sourcesOf(text), r)) same++;
  }
  assert.ok(same >= TURNS / 10, `${same} of ${TURNS} could be exported (seed ${seed})`);
});

/** A rule of ours that an entry could be, or nearly. */
function randomRule(r: Random, n: number): object {
  const [on, tests, source] = r.pick([
    [
      'exec',
      [
        'proc.path = "/a/b"',
        'proc.path in ("/a/b", "/f")',
        'proc.path within "/a"',
        'proc.path glob "/a/*"',
        'proc.path glob "/a/**/x/*"',
        'proc.name = "b"',
        'proc.uid = 0',
      ],
      'proc.ppath',
    ],
    [
      FILES,
      [
        'file.path = "/a/b"',
        'file.path within "/a"',
        'file.path glob "/a{,/*}"',
        'file.path glob "/*.c"',
        '(file.path = "/f" or file.path within "/a/b")',
      ],
      'proc.path',
    ],
    ['file.modify', ['file.path = "/a/b"', 'file.path within "/a"'], 'proc.path'],
    [NET, ['net.protocol = "tcp"', 'net.protocol in ("udp", "sctp")', 'true'], 'proc.path'],
    [
      'net.dns',
      ['(net.domain = "a.b" or net.domain endswith ".a.b")', '(net.domain = "b" or net.domain endswith ".b")'],
      'proc.path',
    ],
    ['cap', ['cap.name = "net_raw"', 'cap.name in ("sys_admin", "chown")'], 'proc.path'],
  ] as const);
  const parts = [
    r.pick(tests),
    ...(r.chance(0.3) ? [`${source} = "/bin/x"`] : []),
    ...(on === FILES && r.chance(0.2) ? ['not proc.uid = file.owner_uid'] : []),
    ...(on === 'exec' && r.chance(0.3) ? [r.pick(['proc.interactive', 'not proc.uid = proc.file_owner_uid'])] : []),
  ];
  const does = r.pick([
    { action: 'deny' },
    { action: 'deny' },
    { action: 'allow' },
    { action: 'audit', continue: true },
  ]);
  return {
    name: `rule-${n}`,
    on,
    when: parts.join(' and '),
    ...does,
    ...(r.chance(0.3) && { severity: 'high', message: 'm', tags: ['t'] }),
  };
}

test('parts of an imported policy become one again, with its name and its annotations', () => {
  const theirs = (name: string, one: string, other: string): string =>
    JSON.stringify({
      apiVersion: 'security.kubearmor.com/v1',
      kind: 'KubeArmorPolicy',
      metadata: { name, namespace: 'shop', annotations: { owner: name } },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        file: {
          matchPaths: [{ path: `/${one}/x`, action: 'Allow' }],
          matchDirectories: [{ dir: `/${other}/`, recursive: true, action: 'Block' }],
        },
      },
    });
  // Of each, the path stands before the other's directory: so both are cut.
  const sources = sourcesOf(theirs('first', 'a', 'b'), theirs('second', 'b', 'a'));
  const text = imported(sources, 'kubearmor');
  assert.equal([...text.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name).length, 4, text);
  const { documents, said } = exported('kubearmor', [{ path: 'imported.yaml', text }]);
  const resources = documents.map(({ document }) => document as { kind: string; metadata: { name: string } });
  const policies = resources.filter(({ kind }) => kind === 'KubeArmorPolicy');
  assert.equal(
    policies.map(({ metadata }) => metadata).sort((a, b) => a.name.localeCompare(b.name)),
    ['first', 'second'].map((name) => ({ name, annotations: { owner: name }, namespace: 'shop' })),
    said.join('\n'),
  );
});

const SCOPES: readonly object[] = [
  SCOPE,
  { namespace: ['shop'] },
  { class: ['kubernetes'], except: { namespace: ['a'] } },
  { namespace: ['shop', 'bank'], matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] },
  { namespace: ['shop'], container: ['c'] },
  { container: ['c'] },
  { host: true, node: { 'kubernetes.io/hostname': ['n1', 'n2'] } },
  { host: true },
];

test('policies of ours decide the same when they are exported', () => {
  let same = 0;
  for (let index = 0; index < 2 * TURNS; index++) {
    const r = new Random(batchSeed(seed, 1000 + index));
    const action = r.pick(['deny', 'audit', 'allow']);
    const texts = r.list(1 + r.below(2), () => {
      const kinds = r.pick([[], [], ['exec'], FILES, NET, ['cap']]);
      const rules = r.list(1 + r.below(3), () => 0).map((_, n) => randomRule(r, n));
      return policy(
        {
          scope: r.pick(SCOPES),
          rules,
          ...(kinds.length > 0 && { defaults: Object.fromEntries(kinds.map((kind) => [kind, action])) }),
        },
        `policy-${r.below(1000000)}`,
      );
    });
    if (sameWhenExported(sourcesOf(...texts), r)) same++;
  }
  assert.ok(same >= TURNS / 10, `${same} of ${2 * TURNS} could be exported (seed ${seed})`);
});

const DENY = { name: 'r', on: 'exec', when: 'proc.path = "/a"', action: 'deny' };

/** What a policy of ours says that KubeArmor cannot, and what is said of it. */
const REFUSED: readonly (readonly [spec: object, code: RegExp])[] = [
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.uid = 0' }] }, /^L5701 "proc\.uid = 0": /],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.path = "/a" and not proc.interactive' }] }, /^L5701 /],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.path = "a"' }] }, /^L5701 /],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.path = "/a*"' }] }, /^L5701 /],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.path iglob "/a*"' }] }, /^L5701 /],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.path startswith "/a"' }] }, /^L5701 /],
  [
    { scope: SCOPE, rules: [{ ...DENY, when: 'proc.path glob "/a*" and proc.ppath = "/b"' }] },
    /^L5701 .*patterns have neither/,
  ],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'proc.name = "a" and proc.ppath = "/b"' }] }, /^L5701 .*no enforcer/],
  [{ scope: SCOPE, rules: [{ ...DENY, when: 'true' }] }, /^L5701 .*names nothing/],
  [
    { scope: SCOPE, rules: [{ ...DENY, unless: [{ name: 'root', when: 'proc.uid = 0' }] }] },
    /^L5701 .*exceptions like `root`/,
  ],
  [{ scope: SCOPE, rules: [{ ...DENY, on: 'net.dns', when: 'net.domain = "a.b"' }] }, /^L5701 /],
  [
    { scope: SCOPE, rules: [{ ...DENY, action: 'allow', when: 'proc.path = "/a" and proc.interactive' }] },
    /^L5701 .*no entry says/,
  ],
  [
    {
      scope: SCOPE,
      rules: [
        { ...DENY, when: 'proc.path = "/a" and proc.interactive' },
        { ...DENY, name: 's', when: 'proc.name = "a"' },
      ],
    },
    /^L5701 "r": .*would also allow/,
  ],
  [{ scope: SCOPE, rules: [{ ...DENY, on: 'file', when: 'file.path = "/a"' }] }, /^L5702 "r": /],
  [{ scope: SCOPE, rules: [{ ...DENY, on: ['exec', 'cap'] }] }, /^L5702 "r": /],
  [{ scope: SCOPE, rules: [{ ...DENY, action: 'kill' }] }, /^L5703 "kill": /],
  [{ scope: SCOPE, rules: [{ ...DENY, errno: 'EACCES' }] }, /^L5703 .*`errno: EACCES`/],
  [{ scope: SCOPE, rules: [{ ...DENY, action: 'audit' }] }, /^L5703 .*`audit`/],
  [{ scope: SCOPE, rules: [{ ...DENY, on: 'syscall', when: 'syscall.name = "open"' }] }, /^L5703 .*only notes/],
  [{ scope: SCOPE, mode: 'observe', rules: [DENY] }, /^L5703 .*only observe/],
  [{ rules: [DENY] }, /^L5704 /],
  [{ scope: { namespace: ['a*'] }, rules: [DENY] }, /^L5704 /],
  [{ scope: { namespace: ['a'], image: ['nginx'] }, rules: [DENY] }, /^L5704 /],
  [{ scope: { host: false, namespace: ['a'] }, rules: [DENY] }, /^L5704 /],
  [{ scope: { host: true, node: { a: ['x', 'y'] } }, rules: [DENY] }, /^L5704 /],
  [{ scope: { namespace: ['a'], matchExpressions: [{ key: 'k', operator: 'Exists' }] }, rules: [DENY] }, /^L5704 /],
  [
    {
      scope: SCOPE,
      rules: [
        { ...DENY, when: 'proc.path within "/"' },
        { ...DENY, name: 's', when: 'proc.path = "/a"', action: 'allow' },
      ],
    },
    /^L5705 "s": .*`s` before `r`/,
  ],
  [{ scope: SCOPE, rules: [DENY, { ...DENY, name: 's', action: 'audit', continue: true }] }, /^L5705 "s": /],
  [{ scope: SCOPE, rules: [DENY], defaults: { exec: 'deny' } }, /^L5706 .*nothing is allowed/],
  [{ scope: SCOPE, rules: [{ ...DENY, action: 'allow' }], defaults: { exec: 'kill' } }, /^L5706 .*no posture/],
  [
    {
      scope: SCOPE,
      rules: [{ ...DENY, action: 'allow', on: FILES, when: 'file.path = "/a"' }],
      defaults: { 'file.read': 'deny' },
    },
    /^L5706 .*no posture/,
  ],
  [{ scope: SCOPE, rules: [DENY], defaults: { 'proc.exit': 'audit' } }, /^L5706 .*`proc.exit`/],
  [
    {
      scope: SCOPE,
      defaults: { exec: 'deny', 'file.read': 'audit', 'file.modify': 'audit' },
      rules: [
        { ...DENY, action: 'allow' },
        { name: 'f', on: FILES, when: 'file.path = "/a"', action: 'allow' },
      ],
    },
    /^L5706 .*`audit` beside `block`/,
  ],
];

for (const [spec, wanted] of REFUSED) {
  test(`refused: ${JSON.stringify(spec)}`, () => {
    const { said, documents } = exported('kubearmor', sourcesOf(policy(spec)));
    assert.ok(
      said.some((line) => wanted.test(line)),
      said.join('\n'),
    );
    assert.equal(documents, []);
  });
}

test('what is lost is said, and the rest is written', () => {
  const rule = { ...DENY, log: 'incident', message: 'by {proc.path}', severity: 'critical', tags: ['MITRE'] };
  const { said, documents } = exported('kubearmor', sourcesOf(policy({ scope: SCOPE, rules: [rule] }, 'Shop_1')));
  assert.equal(
    said.map((line) => line.slice(0, 5)),
    ['L5707', 'L5707', 'L5707'],
  );
  assert.equal(
    documents.map(({ document }) => document),
    [
      {
        apiVersion: 'security.kubearmor.com/v1',
        kind: 'KubeArmorPolicy',
        metadata: { name: 'shop-1', namespace: 'shop' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          severity: 10,
          tags: ['MITRE'],
          message: 'by {proc.path}',
          action: 'Block',
          process: { matchPaths: [{ path: '/a' }] },
        },
      },
    ],
  );
});

test.run();
