/** What documents mean together: order, libraries, exceptions, overlays, bundles, the manifest. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { codes, compiled, document, policy, sourcesOf, TODAY } from './support.ts';

const test = suite('resolve');

const kindId = (wanted: string): number => KINDS.find(({ name }) => name === wanted)!.id;
const rule = (name: string, more = ''): string =>
  `{name: ${name}, on: exec, when: 'proc.name = "${name}"', action: deny${more}}`;

test('policies stand in the order of tier, order, position', () => {
  const one = (name: string, spec: string): string => `---\n${policy([rule('r')], name, `mode: enforce\n${spec}`)}`;
  const { normal, manifest } = compiled([
    one('c', 'order: 1000') + one('b', 'order: 5') + one('z', 'tier: baseline\norder: -1'),
    one('a', 'tier: admin\norder: 2000') + one('d', 'tier: default') + one('e', 'order: 5'),
  ]);
  assert.equal(
    normal.policies.map(({ name }) => name),
    ['a', 'b', 'e', 'c', 'd', 'z'],
  );
  assert.equal(
    manifest.policies.map(({ name }) => name),
    ['a', 'b', 'e', 'c', 'd', 'z'],
  );
  assert.equal(
    manifest.rules.map((r) => r.policy),
    [0, 1, 2, 3, 4, 5],
  );
});

test('what is absent has its default', () => {
  const { normal, manifest } = compiled(policy([rule('r')]));
  const [{ tier, order, scope, defaults, rules }] = normal.policies;
  assert.equal({ tier, order, scope, defaults }, { tier: 'default', order: 1000, scope: {}, defaults: {} });
  assert.equal([rules[0].errno, rules[0].continue, rules[0].unless], [1, false, []]);
  const { severity, tags, message, log, errno } = manifest.rules[0];
  assert.equal(
    { severity, tags, message, log, errno },
    { severity: null, tags: [], message: null, log: 'audit', errno: 'EPERM' },
  );
  assert.equal([manifest.name, manifest.version, manifest.labels], ['bundle', '0', {}]);
});

test('off, disabled and empty policies are judged and left out', () => {
  const { normal, manifest } = compiled([
    policy([rule('r')], 'a', 'mode: off'),
    policy([rule('r', ', enabled: false'), rule('s')], 'b', 'mode: observe'),
  ]);
  assert.equal(
    normal.policies.map(({ name, mode, rules }) => [name, mode, rules.map((r) => r.name)]),
    [['b', 'observe', ['s']]],
  );
  assert.is(manifest.rules.length, 1);
  assert.equal(codes(policy(['{name: r, on: exec, when: nonsense, action: deny}'], 'p', 'mode: off')), ['L2102']);
  assert.equal(codes(policy(['{name: r, on: exec, when: nonsense, action: deny, enabled: false}'])), ['L2102']);
});

test('conditions: true and false as YAML, strings, blocks', () => {
  const { normal, manifest } = compiled(
    policy([
      '{name: a, on: cap, when: true, action: audit, continue: true}',
      "{name: b, on: cap, when: 'true', action: audit, continue: true}",
      'name: c\n      on: cap\n      when: >-\n        cap.name =\n        "chown"\n      action: deny',
    ]),
  );
  const [a, b, c] = normal.policies[0].rules;
  assert.equal(a.when, b.when);
  assert.is(c.when.op, 'compare');
  assert.equal(
    manifest.rules.map(({ when }) => when),
    ['true', 'true', 'cap.name = "chown"'],
  );
});

test('kinds: classes, lists, and a kind that stands twice', () => {
  const kinds = (on: string): readonly string[] =>
    compiled(policy([`{name: r, on: ${on}, when: true, action: audit}`])).manifest.rules[0].kinds;
  assert.equal(kinds('proc'), ['proc.fork', 'proc.exit']);
  assert.equal(kinds('[net.dns, exec, net.dns, net.connect]'), ['exec', 'net.connect', 'net.dns']);
  assert.is(kinds('file').length, 8);
  assert.is(kinds('[file.modify, file.read]').length, 7);
});

test('defaults: the narrowest name that covers a kind', () => {
  const { normal } = compiled(
    policy(
      [],
      'p',
      'mode: enforce\ndefaults: {file.write: allow, file: audit, file.modify: deny, exec: kill, proc: kill}',
    ),
  );
  const { defaults } = normal.policies[0];
  const of = (name: string): unknown => defaults[kindId(name)];
  assert.equal(['file.read', 'file.map_exec', 'file.delete', 'file.write', 'exec', 'proc.fork', 'cap'].map(of), [
    'audit',
    'audit',
    'deny',
    'allow',
    'kill',
    'kill',
    undefined,
  ]);
});

test('scope: one value or a list, bytes of UTF-8, selectors', () => {
  const { normal, manifest } = compiled(
    policy(
      [rule('r')],
      'p',
      `mode: enforce
scope:
  host: false
  class: kubernetes
  namespace: [a, "é*"]
  labels: {app: api, tier: [x, y]}
  matchExpressions: [{key: a, operator: NotIn, values: [b]}, {key: c, operator: Exists}]
  node: {zone: z}
  except: {cluster: {env: dev}, image: "x:*"}`,
    ),
  );
  assert.equal(normal.policies[0].scope, {
    host: false,
    class: ['kubernetes'],
    namespace: ['a', '\xc3\xa9*'],
    labels: { app: ['api'], tier: ['x', 'y'] },
    matchExpressions: [
      { key: 'a', operator: 'NotIn', values: ['b'] },
      { key: 'c', operator: 'Exists', values: [] },
    ],
    node: { zone: ['z'] },
    except: { image: ['x:*'], cluster: { env: ['dev'] } },
  });
  assert.equal(manifest.fields, [
    ...['proc.name', 'container.id', 'container.image', 'k8s.namespace', 'k8s.pod'],
    ...['k8s.labels', 'k8s.cluster_labels', 'host.labels', 'host.class'],
  ]);
});

const LIBRARY = document(
  'Library',
  'common',
  `
  lists: {shells: [sh, bash], ports: [22, 0x50], private: [10.0.0.0/8, "::1"]}
  macros: {shell: 'proc.name in shells', root_shell: 'shell and proc.uid = 0'}
  parameters:
    uid: {type: integer, default: 1000}
    nets: {type: list, default: [10.0.0.0/8]}
    strict: {type: boolean, default: false}
    peer: {type: address, default: 192.0.2.1}
    user: {type: string}
  rules:
    no-shells: {on: exec, when: root_shell, action: audit, severity: low, tags: [t], unless: [{name: u, when: '$strict = true'}]}
`,
);

test('libraries: lists, macros, parameters, rules with their own action and severity', () => {
  const { normal, manifest } = compiled(
    [
      LIBRARY,
      policy([
        '{use: no-shells, action: kill, severity: high}',
        "{name: p, on: net, when: 'net.remote_ip in $nets or net.remote_ip = $peer or net.remote_port in ports', action: deny}",
        "{name: q, on: exec, when: 'proc.user = $user and proc.uid = $uid', action: deny}",
      ]),
    ],
    { set: { user: 'bob', nets: '192.168.0.0/16,::1', uid: '0x10' } },
  );
  const [used, net, user] = normal.policies[0].rules;
  assert.equal([used.name, used.action, used.unless[0].name], ['no-shells', 'kill', 'u']);
  assert.equal([manifest.rules[0].severity, manifest.rules[0].tags], ['high', ['t']]);
  assert.is(manifest.rules[0].when, 'root_shell');
  assert.ok(JSON.stringify(used.when).includes('"bash"'));
  assert.ok(JSON.stringify(net.when).includes('"80"'));
  assert.ok(JSON.stringify(user.when).includes('"16"') && JSON.stringify(user.when).includes('"bob"'));
});

test('rate limits reach the manifest, of libraries, too; other texts are errors', () => {
  const limited = (limit: string) => `{name: r, on: exec, when: 'proc.uid = 1', action: audit, rateLimit: ${limit}}`;
  const limitOf = (limit: string) => compiled([policy([limited(limit)])]).manifest.rules[0].rateLimit;
  assert.equal(limitOf('30s'), { seconds: 30, scope: 'process' });
  assert.equal(limitOf('99999h per workload'), { seconds: 359_996_400, scope: 'workload' });
  const library = document(
    'Library',
    'l',
    "{rules: {r: {on: exec, when: 'proc.uid = 1', action: audit, rateLimit: 2m}}}",
  );
  assert.equal(compiled([library, policy(['{use: r}'])]).manifest.rules[0].rateLimit, {
    seconds: 120,
    scope: 'process',
  });
  for (const wrong of ['0s', '1d', '1.5m', '100000s', '1m per host', '"1m  per workload"'])
    assert.is(codes(policy([limited(wrong)]))[0], 'L1109', wrong);
});

test('a rule of a library is switched off in one policy only', () => {
  const { normal } = compiled(
    [LIBRARY, policy(['{use: no-shells, enabled: false}', rule('r')], 'a'), policy(['{use: no-shells}'], 'b')],
    { set: { user: 'x' } },
  );
  assert.equal(
    normal.policies.map(({ rules }) => rules.map(({ name }) => name)),
    [['r'], ['no-shells']],
  );
});

test('parameters: --set wins over the Bundle, the Bundle over defaults', () => {
  const bundle = document('Bundle', 'b', '{version: "2.0", parameters: {user: eve, uid: 7}, labels: {team: a}}');
  const rules = policy(["{name: q, on: exec, when: 'proc.user = $user and proc.uid = $uid', action: deny}"]);
  const text = (set: Record<string, string>): string =>
    JSON.stringify(compiled([LIBRARY, rules, bundle], { set }).normal.policies[0].rules[0].when);
  assert.ok(text({}).includes('"eve"') && text({}).includes('"7"'));
  assert.ok(text({ uid: '8' }).includes('"eve"') && text({ uid: '8' }).includes('"8"'));
  const { manifest } = compiled([LIBRARY, rules, bundle]);
  assert.equal([manifest.name, manifest.version, manifest.labels], ['b', '2.0', { team: 'a' }]);
});

test('parameters: wrong ones', () => {
  const rules = policy([rule('r')]);
  for (const [set, wanted] of [
    [{}, ['L1206']],
    [{ user: 'x', uid: 'many' }, ['L1207']],
    [{ user: 'x', strict: 'yes' }, ['L1207']],
    [{ user: 'x', peer: '10.0.0' }, ['L1207']],
    [{ user: 'x', usr: 'y' }, ['L1205']],
  ] as const) {
    assert.equal(codes([LIBRARY, rules], { set: set }), wanted, JSON.stringify(set));
  }
});

test('a Bundle selects policies and libraries; what it leaves out is judged, but not built', () => {
  const sources = [
    policy([rule('r')], 'a') +
      document('PolicyTest', 'ta', '{policy: a, cases: [{name: c, event: {kind: exec}, expect: {action: allow}}]}'),
    policy([rule('r')], 'b') +
      document('PolicyTest', 'tb', '{policy: b, cases: [{name: c, event: {kind: exec}, expect: {action: allow}}]}'),
    document('Library', 'dev', '{lists: {names: [dev]}}') + document('Library', 'prod', '{lists: {names: [prod]}}'),
  ];
  assert.equal(codes(sources), ['L1201'], 'two libraries define the list');
  const bundle = document('Bundle', 'b', '{policies: [b], libraries: [prod]}');
  const { normal, tests } = compiled([...sources, bundle]);
  assert.equal(
    normal.policies.map(({ name }) => name),
    ['b'],
  );
  assert.equal(
    tests.map(({ policy: name }) => name),
    ['b'],
  );
  const broken = policy(['{name: r, on: exec, when: nonsense, action: deny}'], 'c');
  assert.equal(codes([...sources, broken, bundle]), ['L2102']);
});

test('exceptions become named parts of their rule, those of libraries too', () => {
  const exception = (name: string, target: string, more = ''): string =>
    document(
      'Exception',
      name,
      `{target: {policy: p, rule: ${target}}, when: 'proc.user = "${name}"', owner: o, reason: why${more}}`,
    );
  const rules = [rule('r', `, unless: [{name: own, when: 'proc.uid = 0'}]`), '{use: no-shells}'];
  const sources = [
    LIBRARY,
    policy(rules),
    exception('bob', 'r', ', expires: 2026-11-21') + exception('eve', 'r') + exception('dan', 'no-shells'),
  ];
  const { normal, manifest } = compiled(sources, { set: { user: 'x' } });
  assert.equal(
    normal.policies[0].rules.map(({ unless }) => unless.map(({ name }) => name)),
    [
      ['own', 'bob', 'eve'],
      ['u', 'dan'],
    ],
  );
  assert.equal(manifest.rules[0].unless[1].exception, { owner: 'o', reason: 'why', expires: '2026-11-21' });
  assert.is(manifest.rules[0].unless[0].exception, undefined);
  assert.is(manifest.rules[0].unless[1].when, 'proc.user = "bob"');
  assert.is(manifest.rules[0].unless[1].span.source, 2);
  const twice = exception('own', 'r');
  assert.equal(codes([LIBRARY, policy(rules), twice], { set: { user: 'x' } }), ['L1201']);
});

test('an exception holds through its last day; after it, it is an error or a warning', () => {
  const text =
    policy([rule('r')]) +
    document(
      'Exception',
      'e',
      `{target: {policy: p, rule: r}, when: 'proc.uid = 0', owner: o, reason: y, expires: 2026-11-21}`,
    );
  assert.equal(codes(text, { today: '2026-11-21' }), []);
  assert.equal(codes(text, { today: '2026-11-22' }), ['L1303']);
  assert.equal(codes(text, { today: '2026-11-22', allowExpired: true }), ['L3101']);
  assert.is(compiled(text, { today: '2027-01-01', allowExpired: true }).normal.policies[0].rules[0].unless.length, 1);
});

test('overlays change a rule or a mode; the last one wins, and says so', () => {
  const overlay = (spec: string): string => `---\napiVersion: lictor.dev/v1\nkind: Overlay\nspec: ${spec}\n`;
  const base = policy([rule('r'), rule('s')]);
  const rulesOf = (...overlays: string[]): unknown =>
    compiled([base + overlays.map(overlay).join('')]).normal.policies.map(({ mode, rules }) => [
      mode,
      ...rules.map(({ name, action }) => `${name} ${action}`),
    ]);
  assert.equal(rulesOf('{target: {policy: p, rule: r}, enabled: false}'), [['enforce', 's deny']]);
  assert.equal(rulesOf('{target: {policy: p, rule: r}, action: kill}'), [['enforce', 'r kill', 's deny']]);
  assert.equal(rulesOf('{target: {policy: p}, mode: observe}'), [['observe', 'r deny', 's deny']]);
  assert.equal(rulesOf('{target: {policy: p}, mode: off}'), []);
  const [one, two] = [
    '{target: {policy: p, rule: r}, action: kill}',
    '{target: {policy: p, rule: r}, action: audit, enabled: true}',
  ];
  assert.equal(rulesOf(one, two), [['enforce', 'r audit', 's deny']]);
  assert.equal(codes(base + overlay(one) + overlay(two)), ['L3102']);
});

test('a use or an overlay with another action makes a rule decide that only noted its matches', () => {
  const overlay = (action: string): string =>
    `---\napiVersion: lictor.dev/v1\nkind: Overlay\nspec: {target: {policy: p, rule: r}, action: ${action}}\n`;
  const body = 'on: exec, when: true, action: audit, continue: true';
  const library = document('Library', 'l', `{rules: {r: {${body}}}}`);
  const ruleOf = (...parts: string[]): unknown =>
    compiled([parts.join('')]).normal.policies[0].rules.map((rule) => [rule.action, rule.continue])[0];
  for (const action of ['allow', 'deny', 'kill', 'isolate', 'stop']) {
    assert.equal(ruleOf(policy([`{use: r, action: ${action}}`]), library), [action, false]);
    assert.equal(ruleOf(policy(['{use: r}']), library, overlay(action)), [action, false]);
    assert.equal(ruleOf(policy([`{name: r, ${body}}`]), overlay(action)), [action, false]);
  }
  assert.equal(ruleOf(policy(['{use: r, action: audit, severity: high}']), library), ['audit', true]);
  assert.equal(ruleOf(policy(['{use: r}']), library, overlay('audit')), ['audit', true]);
  // An overlay changes what the use says: it does not go back to the library.
  assert.equal(ruleOf(policy(['{use: r, action: deny}']), library, overlay('audit')), ['audit', false]);
  const wrong = document('Library', 'l', '{rules: {r: {on: exec, when: true, action: deny, continue: true}}}');
  assert.equal(codes(policy(['{use: r}']) + wrong), ['L1302']);
});

test('tests are returned with their events and expectations', () => {
  const text =
    policy([rule('sh')]) +
    document(
      'PolicyTest',
      't',
      `
  policy: p
  cases:
    - name: a shell
      event: {kind: exec, proc: {name: sh, pid: 7, uid: 18446744073709551615, interactive: true}, time: 2026-11-21T02:07:28Z}
      expect: {action: deny, rule: sh, default: false, would: null, matches: [], tags: [a], message: null}
    - {name: nothing, event: {kind: exec}, expect: {rule: null, policy: null, matches: [{rule: sh}]}}
`,
    );
  const { tests } = compiled(text);
  assert.is(tests.length, 1);
  const [{ name, policy: of, cases, span }] = tests;
  assert.equal([name, of, span.source], ['t', 'p', 0]);
  assert.equal(
    cases.map((one) => [one.name, one.event, one.expect]),
    [
      [
        'a shell',
        {
          kind: 'exec',
          proc: { name: 'sh', pid: 7, uid: '18446744073709551615', interactive: true },
          time: '2026-11-21T02:07:28Z',
        },
        { action: 'deny', rule: 'sh', default: false, would: null, matches: [], tags: ['a'], message: null },
      ],
      ['nothing', { kind: 'exec' }, { rule: null, policy: null, matches: [{ rule: 'sh' }] }],
    ],
  );
});

test('the manifest knows places in bytes, kinds and errno', () => {
  const text = `# é\n${policy([rule('r', ', errno: EACCES'), '{name: s, on: net.dns, when: true, action: audit, errno: EACCES}'], 'p', 'mode: enforce\ndefaults: {cap: deny}')}`;
  const { manifest } = compiled(text);
  const [first, second] = manifest.rules;
  const at = Buffer.from(text).subarray(first.span.start, first.span.end).toString();
  assert.is(at, rule('r', ', errno: EACCES'));
  assert.equal([first.span.line, first.span.column], [9, 7]);
  assert.equal([first.errno, second.errno], ['EACCES', null]);
  assert.equal(manifest.kinds, ['exec', 'net.dns', 'cap']);
  assert.equal(manifest.sources, ['a.yaml']);
});

test('a broken document hides no names of others, and no false "unknown" follows from it', () => {
  const exception = document('Exception', 'e', `{target: {policy: gone, rule: r}, when: 'true', owner: o, reason: y}`);
  assert.equal(codes([`apiVersion: lictor.dev/v1\nkind: Policy\nmetadata: {name: gone`, exception]), ['L1003']);
});

test('strict makes warnings errors', () => {
  const text = policy([], 'p');
  assert.equal(codes(text), ['L3112']);
  assert.ok(compiled(text));
  const { value, diagnostics } = compile(sourcesOf(text), { today: TODAY, strict: true });
  assert.equal([value, diagnostics.map(({ severity }) => severity)], [null, ['error']]);
});

test('JSON is YAML', () => {
  const text = JSON.stringify({
    apiVersion: 'lictor.dev/v1',
    kind: 'Policy',
    metadata: { name: 'p' },
    spec: { mode: 'enforce', rules: [{ name: 'r', on: ['exec'], when: 'proc.name = "a\\"b"', action: 'deny' }] },
  });
  assert.is(compiled(text).manifest.rules[0].when, 'proc.name = "a\\"b"');
});

test('no sources, and sources without documents', () => {
  assert.equal(compiled([]).normal.policies, []);
  assert.equal(compiled(['', '# nothing\n---\n---\n', '\n\n']).normal.policies, []);
});

test.run();
