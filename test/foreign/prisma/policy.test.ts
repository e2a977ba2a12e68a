/** Runtime policies: scopes, attachments, sections, and what is said of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { briefly, bundleOf, decide, eventOf, findingsOf, imported, withNames, type Settings } from '../support.ts';
import { documentsOf, randomEstate } from './random.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Sources of plain documents, printed so that places are readable. */
const sources = (...documents: readonly unknown[]): { path: string; text: string }[] =>
  documents.map((one, n) => ({ path: `${n}.json`, text: JSON.stringify(one) }));
const policy = (...rules: readonly Plain[]): Plain => ({ _id: 'containerRuntime', rules });
const custom = (type: string, script: string, _id = 1): Plain => ({ _id, name: `custom ${_id}`, type, script });
const attach = (effect: string, _id = 1): Plain => ({ _id, effect, action: 'audit' });

/** Action, policy and rule for an event in a container. */
function decided(documents: readonly unknown[], event: Plain, foreign: Settings = {}): string {
  const bundle = bundleOf(sources(...documents), foreign);
  const [decision] = decide(bundle, [eventOf({ container: { id: '1', name: 'c', image: 'nginx:1.27' }, ...event })]);
  const { actual } = withNames(bundle, decision) as {
    actual: { action: string; policy: string | null; rule: string | null };
  };
  return [actual.action, actual.policy, actual.rule].filter((part) => part !== null).join(' ');
}

/** What is said of documents; the text in question is left out. */
const said = (documents: readonly unknown[], foreign: Settings = {}): string[] => {
  const all = sources(...documents);
  return briefly(all, findingsOf(all, foreign)).filter((line) => line.startsWith('L5'));
};

const EXEC = { kind: 'exec', proc: { path: '/usr/bin/nc', args: ['nc', '-l'] } };

test('an effect a use, first match, custom rules before lists', () => {
  const rules = [custom('processes', 'proc.name = "nc"'), custom('processes', 'proc.name startswith "n"', 2)];
  const one = (...uses: readonly Plain[]): unknown[] => [
    rules,
    policy({ name: 'r', customRules: uses, processes: { deniedList: { effect: 'prevent', paths: ['nc'] } } }),
  ];
  assert.is(decided(one(attach('alert')), EXEC), 'audit r custom-1');
  assert.is(decided(one(attach('allow'), attach('block', 2)), EXEC), 'allow r custom-1');
  assert.is(decided(one(attach('block', 2), attach('allow')), EXEC), 'stop r custom-2');
  assert.is(decided(one(attach('disable')), EXEC), 'deny r denied-processes');
  assert.is(decided(one(), { ...EXEC, proc: { path: '/usr/bin/ls' } }), 'allow');
});

test('the first rule whose scope matches is the only one', () => {
  const deny = (name: string, collections: readonly Plain[]): Plain => ({
    name,
    collections,
    processes: { deniedList: { effect: 'prevent', paths: ['nc'] } },
  });
  const calm: Plain = {
    name: 'calm',
    collections: [{ name: 'x', namespaces: ['prod*', '-prod-test'], images: ['nginx*'] }],
    dns: {},
  };
  const documents = [policy(calm, deny('rest', [{ name: 'All' }]))];
  const at = (namespace: string, image = 'nginx:1.27'): string =>
    decided(documents, { ...EXEC, container: { id: '1', image }, k8s: { namespace, pod: 'p' } });
  assert.is(at('prod-a'), 'allow');
  assert.is(at('prod-test'), 'deny rest denied-processes');
  assert.is(at('dev'), 'deny rest denied-processes');
  assert.is(at('prod-a', 'redis:7'), 'deny rest denied-processes');
  // A disabled rule holds nothing.
  assert.is(
    decided([policy({ ...calm, disabled: true, collections: [] }, deny('rest', []))], EXEC),
    'deny rest denied-processes',
  );
});

test('scopes say what can be said: disjoint rules need no exception, single parts stand in `except`', () => {
  const rule = (name: string, fields: Plain): Plain => ({
    name,
    collections: [{ name, ...fields }],
    processes: { deniedList: { effect: 'alert', paths: ['nc'] } },
  });
  const text = imported(
    sources(
      policy(
        rule('a', { namespaces: ['prod'], images: ['nginx:1*'] }),
        rule('b', { namespaces: ['dev'] }),
        rule('c', { namespaces: ['prod'] }),
        rule('d', { namespaces: ['*'] }),
      ),
    ),
    'prisma',
  );
  const scopes = text
    .split('---\n')
    .map((document) => /scope:\n([^]*?) {2}rules:/.exec(document)?.[1].replace(/\s+/g, ' ').trim());
  const images = '- nginx:1** - docker.io/library/nginx:1**';
  assert.equal(
    scopes,
    [
      undefined,
      `host: false namespace: - prod image: ${images}`,
      'host: false namespace: - dev',
      `host: false namespace: - prod except: image: ${images}`,
      'host: false except: namespace: - dev - prod',
    ].slice(scopes.length === 4 ? 1 : 0),
  );
});

test('a rule that becomes several policies names each after its collections', () => {
  const collections = [
    { name: 'web', images: ['nginx*'] },
    { name: 'proxies', images: ['envoy*'] },
    { name: 'shop pods', labels: ['app:shop', 'tier:front'] },
    { name: 'db', namespaces: ['db'], images: ['pg*'] },
  ];
  const rule = { name: 'Hub', collections, dns: { domainList: { denied: ['x.y'], effect: 'prevent' } } };
  const names = (rules: readonly Plain[]): string[] =>
    [...imported(sources(policy(...rules)), 'prisma').matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name);
  assert.equal(names([rule]), ['Hub-web-and-1-more', 'Hub-shop-pods', 'Hub-shop-pods-2', 'Hub-db']);
  assert.equal(names([{ ...rule, collections: [collections[0]] }]), ['Hub']);
});

test('a pattern that ends within the registry is about images that are written with it', () => {
  const rule = (images: readonly string[]): Plain => ({
    name: 'r',
    collections: [{ name: 'c', images }],
    processes: { deniedList: { effect: 'prevent', paths: ['/bin/x'] } },
  });
  const at = (image: string): object => ({ kind: 'exec', proc: { path: '/bin/x' }, container: { id: '1', image } });
  const events = [at('docker.io/library/nginx:1'), at('nginx:1'), at('quay.io/nginx:1')];
  const actions = (images: readonly string[]): string[] =>
    decide(bundleOf(sources(policy(rule(images)))), events.map(eventOf)).map(({ actual }) => actual.action);
  assert.equal(actions(['docker.io/*']), ['deny', 'allow', 'allow']);
  assert.equal(actions(['docker.io/library/nginx*']), ['deny', 'deny', 'allow']);
});

test('a rule that is left nothing says so', () => {
  assert.equal(
    said([policy({ name: 'all', dns: {} }, { name: 'late', collections: [{ name: 'x', namespaces: ['a'] }] })]),
    ['L5308 "late": `late` never applies: rules before it hold all of its scope'],
  );
});

test('prevention of writing keeps files from being made, unless it is to be better', () => {
  const documents = [
    [custom('filesystem', 'file.path = "/tmp/file"')],
    policy({ name: 'r', customRules: [attach('prevent')] }),
  ];
  const at = (kind: string, foreign: Settings = {}, side?: string): string =>
    decided(documents, { kind, file: { path: '/tmp/file', side } }, foreign);
  assert.is(at('file.create'), 'deny r custom-1');
  assert.is(at('file.write'), 'audit r custom-1-existing');
  assert.is(at('file.delete'), 'audit r custom-1-existing');
  assert.is(at('file.rename', {}, 'target'), 'deny r custom-1');
  assert.is(at('file.rename', {}, 'source'), 'audit r custom-1-existing');
  assert.is(at('file.write', { 'prisma.better': 'on' }), 'deny r custom-1');
  assert.equal(said(documents), [
    'L5309 "effect": `prevent` keeps files from being made; writing one that exists only raises an alert',
  ]);
  assert.equal(said(documents, { 'prisma.better': 'on' }), []);
});

test('effects are refused where they are not supported', () => {
  const of = (
    type: string,
    script: string,
    effect: string,
    foreign: Settings = {},
    id = 'containerRuntime',
  ): string[] =>
    said([[custom(type, script)], { _id: id, rules: [{ name: 'r', customRules: [attach(effect)] }] }], foreign);
  const place = 'L5306 "effect":';
  assert.equal(of('processes', 'proc.cmdline contains "-l"', 'prevent'), [
    `${place} \`prevent\` is not supported with \`proc.cmdline\``,
  ]);
  assert.equal(of('filesystem', 'file.type = "elf"', 'prevent'), [
    `${place} \`prevent\` is not supported with \`file.type\``,
  ]);
  assert.equal(of('processes', 'proc.cmdline contains "-l"', 'block'), []);
  assert.equal(of('network-outgoing', 'net.private_subnet', 'prevent'), [
    `${place} \`prevent\` is not supported here: connections are not prevented`,
  ]);
  assert.equal(of('processes', 'proc.interactive', 'block', {}, 'hostRuntime'), [
    `${place} \`block\` is not supported here: a host is never stopped`,
  ]);
  const embedded = { 'prisma.target': 'app-embedded' };
  assert.equal(of('network-outgoing', 'net.private_subnet', 'prevent', embedded), []);
  assert.equal(of('processes', 'proc.name = "a"', 'block', embedded), [
    `${place} \`block\` is not supported here: App-Embedded Defenders do not block`,
  ]);
  assert.equal(of('filesystem', 'file.path = "/a"', 'alert', embedded), [
    `${place} App-Embedded Defenders take no rules of type \`filesystem\``,
  ]);
  assert.equal(of('processes', 'proc.interactive', 'alert', embedded), [
    'L5303 "effect": `proc.interactive` is not there for App-Embedded Defenders',
  ]);
  assert.equal(of('processes', 'proc.service = "a"', 'alert'), [
    'L5303 "effect": `proc.service` is not there for containers',
  ]);
  assert.equal(of('processes', 'proc.service = "a"', 'alert', {}, 'hostRuntime'), []);
  assert.equal(of('processes', 'proc.interactive', 'ban'), [
    'L5003 "effect": `ban` shuts clients out of web applications; here it counts as `block`',
  ]);
  assert.equal(said([policy({ name: 'r', network: { deniedIPsEffect: 'prevent' } })]), [
    'L5306 "deniedIPsEffect": `prevent` is not supported here: connections are not prevented',
  ]);
});

test('what is not there, twice there or elsewhere is said', () => {
  assert.equal(said([policy({ name: 'r', customRules: [attach('alert', 9)] })]), [
    'L5307 9: there is no custom rule `9`',
  ]);
  assert.equal(said([policy({ name: 'r', collections: [{ name: 'web' }] })]), [
    'L5307 "name": there is no collection `web`',
  ]);
  assert.equal(
    said([
      [custom('processes', 'proc.interactive')],
      policy({ name: 'r', customRules: [attach('alert'), attach('block')] }),
    ]),
    ['L5310 1: `custom 1` is attached twice'],
  );
  assert.equal(said([custom('waas-request', 'x'), custom('kubernetes-audit', 'x', 2)]), [
    'L5006 "custom 1": `custom 1` is about requests to web applications, which are no events of the runtime',
    'L5006 "custom 2": `custom 2` is about entries of the audit log of Kubernetes, which are no events of the runtime',
  ]);
  assert.equal(said([{ _id: 'serverlessRuntime', rules: [] }]), [
    'L5006 "_id": `serverlessRuntime` is about functions, which run nowhere here',
  ]);
  assert.equal(
    said([
      policy({
        name: 'r',
        processes: { cryptoMinersEffect: 'alert', suidBinariesEffect: 'disable' },
        wildFireAnalysis: 'block',
      }),
    ]),
    [
      'L5003 "cryptoMinersEffect": `cryptoMinersEffect` is a detection that is not carried over',
      'L5003 "wildFireAnalysis": `wildFireAnalysis` is a detection that is not carried over',
    ],
  );
  assert.equal(said([policy({ name: 'r', process: {}, collections: [{ name: 'x', accountIDs: ['1'] }] })]), [
    'L5002 "process": unknown key `process`',
    'L5006 "1": the collection asks for `accountIDs`, which no event says',
  ]);
  assert.equal(said([policy({ name: 'r', collections: [{ name: 'x', labels: ['*web'], functions: ['f'] }] })]), [
    'L5006 "*web": `*web` asks for labels by a part of their names',
    'L5003 "f": `functions` is about what Defenders do not guard at runtime: it is ignored',
  ]);
});

test('a model and the list of a rule allow together, and what is denied is denied', () => {
  const model = {
    image: 'nginx:1.27',
    state: 'active',
    processes: { static: [{ path: '/usr/sbin/nginx', ppath: '/init' }], behavioral: [{ path: '/bin/sh' }] },
    network: {
      behavioral: {
        outboundPorts: [{ portsData: { ports: [{ port: 443 }] } }],
        dnsQueries: [{ domainName: '*.a.example' }],
      },
    },
    filesystem: { static: [{ path: '/var/cache' }] },
  };
  const rule: Plain = {
    name: 'r',
    processes: { defaultEffect: 'prevent', allowedList: ['ls'], deniedList: { effect: 'block', paths: ['/bin/sh'] } },
    network: { defaultEffect: 'alert', outboundPorts: { allowed: [{ start: 8000, end: 8999 }] } },
    dns: { defaultEffect: 'prevent', domainList: { allowed: ['b.example'] } },
    filesystem: { defaultEffect: 'block' },
  };
  const of = (
    event: Plain,
    image = 'docker.io/library/nginx:1.27',
    extra: Plain = {},
    documents: unknown[] = [model],
  ): string =>
    decided([...documents, { ...policy({ ...rule, ...extra }), learningDisabled: documents.length === 0 }], {
      ...event,
      container: { id: '1', image },
    }).replace(/ r .*/, '');
  const exec = (path: string, ppath?: string): Plain => ({ kind: 'exec', proc: { path, ppath } });
  assert.is(of(exec('/usr/sbin/nginx')), 'allow');
  assert.is(of(exec('/bin/ls')), 'allow');
  assert.is(of(exec('/bin/cat')), 'deny');
  assert.is(of(exec('/bin/sh')), 'stop');
  assert.is(of(exec('/usr/sbin/nginx'), 'redis:7'), 'deny');
  const parents = { processes: { ...(rule['processes'] as Plain), checkParentChild: true } };
  assert.is(of(exec('/usr/sbin/nginx', '/init'), undefined, parents), 'allow');
  assert.is(of(exec('/usr/sbin/nginx', '/bin/sh'), undefined, parents), 'deny');
  const connect = (remote_port: number): Plain => ({ kind: 'net.connect', net: { remote_ip: '8.8.8.8', remote_port } });
  assert.equal(
    [443, 8080, 22].map((port) => of(connect(port))),
    ['allow', 'allow', 'audit'],
  );
  assert.equal(
    [443, 8080, 22].map((port) => of(connect(port), 'redis:7')),
    ['audit', 'allow', 'audit'],
  );
  const ask = (domain: string): Plain => ({ kind: 'net.dns', net: { domain } });
  assert.equal(
    ['X.a.example', 'b.example', 'c.example'].map((name) => of(ask(name))),
    ['allow', 'allow', 'deny'],
  );
  const write = (path: string): Plain => ({ kind: 'file.create', file: { path } });
  assert.equal(
    ['/var/cache/x', '/var/x'].map((path) => of(write(path))),
    ['allow', 'stop'],
  );
  // A container without a model, and no list: nothing deviates.
  assert.is(of(write('/var/x'), 'redis:7'), 'allow');
  assert.is(of(write('/var/x'), undefined, {}, []), 'allow');
  assert.equal(said([{ ...model, state: 'learning' }]), [
    'L5003 "state": the model of `nginx:1.27` still learns: it judges nothing',
  ]);
});

test('rules for hosts', () => {
  const host = {
    rules: [
      {
        name: 'hosts',
        collections: [{ name: 'web', hosts: ['WEB-*'] }],
        antiMalware: {
          deniedProcesses: { effect: 'prevent', paths: ['nc'] },
          allowedProcesses: ['/opt/nc'],
          cryptoMiner: 'alert',
        },
        dns: { deny: ['*.evil.example'], denyListEffect: 'prevent' },
        network: {
          deniedOutboundPorts: [{ start: 20, end: 25 }],
          deniedListeningPorts: [{ start: 80 }],
          denyListEffect: 'alert',
        },
        fileIntegrityRules: [{ path: '/etc', recursive: true, write: true, procWhitelist: ['apt'] }],
        forensic: {},
      },
    ],
  };
  const at = (event: Plain, name = 'web-1'): string =>
    decided([host], { container: undefined, host: { name }, ...event });
  assert.is(at(EXEC), 'deny hosts denied-processes');
  assert.is(at(EXEC, 'db-1'), 'allow');
  assert.is(at({ kind: 'exec', proc: { path: '/opt/nc' } }), 'allow');
  assert.is(at({ kind: 'net.dns', net: { domain: 'a.b.evil.example' } }), 'deny hosts denied-domains');
  assert.is(
    at({ kind: 'net.connect', net: { remote_ip: '1.1.1.1', remote_port: 22 } }),
    'audit hosts denied-outbound-ports',
  );
  assert.is(at({ kind: 'net.listen', net: { local_port: 80 } }), 'audit hosts denied-listening-ports');
  const bundle = bundleOf(sources(host));
  const note = (path: string): unknown =>
    decide(bundle, [
      eventOf({ kind: 'file.write', host: { name: 'web-1' }, proc: { path }, file: { path: '/etc/a/b' } }),
    ])[0].actual.matches.length;
  assert.is(note('/bin/vi'), 1);
  assert.is(note('/usr/bin/apt'), 0);
});

test('resources of Terraform', () => {
  const terraform = {
    terraform: { required_providers: {} },
    resource: {
      prismacloudcompute_custom_rule: {
        nc: { name: 'netcat', type: 'processes', script: 'proc.name = "nc"', min_version: '' },
      },
      prismacloudcompute_collection: { web: [{ name: 'web', images: ['nginx*'] }] },
      prismacloudcompute_container_runtime_policy: {
        all: {
          learning_disabled: false,
          rule: [
            {
              name: 'r',
              collections: ['${prismacloudcompute_collection.web.name}'],
              custom_rule: {
                id: '${prismacloudcompute_custom_rule.nc.prisma_id}',
                effect: 'prevent',
                action: 'incident',
              },
              dns: [
                {
                  default_effect: 'disable',
                  domain_list: [{ allowed: [], denied: ['evil.example'], effect: 'prevent' }],
                },
              ],
              network: { outbound_ports: { denied: { start: 22, end: 22, deny: true }, effect: 'alert' } },
              filesystem: [{ allowed: [], denied: ['/etc'], deny_effect: 'alert', skip_encrypted_binaries: true }],
            },
          ],
        },
      },
      aws_instance: { x: {} },
    },
  };
  const of = (event: Plain): string => decided([terraform], event);
  assert.is(of(EXEC), 'deny r netcat');
  assert.is(of({ ...EXEC, container: { id: '1', image: 'redis' } }), 'allow');
  assert.is(of({ kind: 'net.dns', net: { domain: 'evil.example' } }), 'deny r denied-domains');
  assert.is(
    of({ kind: 'net.connect', net: { remote_ip: '1.1.1.1', remote_port: 22 } }),
    'audit r denied-outbound-ports',
  );
  assert.is(of({ kind: 'file.write', file: { path: '/etc/x' } }), 'audit r denied-paths');
  assert.equal(said([terraform]), []);
  const odd = {
    resource: {
      prismacloudcompute_admission_policy: { a: {} },
      prismacloudcompute_collection: { b: { name: 'b', image: [] } },
    },
  };
  assert.equal(said([odd]), [
    'L5003 "prismacloudcompute_admission_policy": resources of type `prismacloudcompute_admission_policy` are no runtime policies',
    'L5002 "image": unknown key `image`',
  ]);
});

test('what is attached in several rules has a name, and what nothing attaches is kept for use', () => {
  const rules = [
    custom('processes', 'proc.name = "nc"'),
    { ...custom('processes', 'proc.interactive', 2), message: '%proc.name {x}', description: 'why' },
  ];
  const text = imported(
    sources(
      rules,
      policy(
        { name: 'a', collections: [{ name: 'x', namespaces: ['a'] }], customRules: [attach('alert')] },
        { name: 'b', customRules: [attach('block')] },
      ),
    ),
    'prisma',
  );
  assert.match(text, `custom-1: 'proc.name = "nc"'`);
  assert.match(text, `when: 'custom-1'`);
  assert.match(text, 'custom-2:\n      on: exec');
  assert.match(text, 'message: "{proc.name} (x)"');
  assert.match(text, 'prisma/custom-2: why');
});

test('a rule stands where it is attached, or where its effect is', () => {
  const all = sources(
    [custom('processes', 'proc.name = "nc"')],
    policy({
      name: 'a',
      customRules: [attach('alert')],
      processes: { deniedList: { effect: 'prevent', paths: ['sh'] } },
    }),
  );
  const { rules } = bundleOf(all).manifest;
  const places = rules.map(({ span }) => all[span.source].text.slice(span.start).split(',')[0]);
  assert.equal(places, ['"effect":"alert"', '"effect":"prevent"']);
});

test(`no document makes the frontend throw (seed ${runSeed()})`, () => {
  for (let n = 0; n < 150; n++) {
    const r = new Random(batchSeed(runSeed(), n));
    const all = sources(...documentsOf(randomEstate(r)).map((one) => mutated(r, one)));
    for (const { code, span } of findingsOf(all)) {
      assert.ok(span !== null && span.end <= all[span.source].text.length, `${code} has no place`);
    }
  }
});

test.run();
