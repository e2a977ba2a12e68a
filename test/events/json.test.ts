import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eventToJson, fieldById, fieldId, parseEventLine, valueOf, type Event } from '../../vm/event/index.ts';
import { pairs } from '../../vm/event/json.ts';
import { event } from './arbitrary.ts';

const parse = (json: unknown): Event => {
  const result = parseEventLine(typeof json === 'string' ? json : JSON.stringify(json));
  if ('error' in result) throw new Error(result.error);
  return result.event;
};
const error = (json: unknown): string => {
  const result = parseEventLine(typeof json === 'string' ? json : JSON.stringify(json));
  return 'error' in result ? result.error : 'fine';
};
const field = (name: string, json: object) => parse({ kind: 'exec', ...json }).values.get(fieldId(name));

/** Labels are a set of pairs: an object may show them in another order. */
const comparable = ({ values }: Event): unknown[] =>
  [...values]
    .map(([id, value]) => [id, fieldById(id)?.type === 'map' ? [...pairs(value as readonly string[])].sort() : value])
    .sort();

test('an event survives its JSON form', () => {
  fc.assert(
    fc.property(event, (sample) => {
      const back = parse(JSON.stringify(eventToJson(sample)));
      const truncated = fieldId('event.truncated');
      const given = sample.values.get(truncated) as string[] | undefined;
      const implied = given?.includes('proc.args') && !given.includes('proc.cmdline');
      if (!implied) assert.equal(comparable(back), comparable(sample));
      assert.equal([back.kind, back.time], [sample.kind, sample.time]);
    }),
    { numRuns: 300 },
  );
});

test('any JSON text is an event or an error, never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
      parseEventLine(line);
    }),
    { numRuns: 1000 },
  );
  assert.match(error('['.repeat(200000)), /not JSON/);
});

test('nested and flat forms, aliases, null, unknown fields', () => {
  assert.is(field('proc.path', { proc: { path: '/a' } }), '/a');
  assert.is(field('proc.path', { 'proc.path': '/a' }), '/a');
  assert.is(field('proc.path', { proc: { path: null }, 'proc.path': '/a' }), '/a');
  assert.is(field('proc.path', { proc: null }), undefined);
  assert.is(field('net.remote_port', { net: { outgoing_port: 5 } }), 5n);
  assert.is(field('net.private', { 'net.private_subnet': false }), false);
  assert.is(field('proc.path', { proc: { colour: 1, deep: { er: [] } }, more: 7, 'k8s.labels.app': 1 }), undefined);
  assert.equal(field('k8s.labels', { k8s: { labels: { app: 'x', __proto__x: 'y' } } }), [
    'app',
    'x',
    '__proto__x',
    'y',
  ]);
  assert.equal(field('host.labels', JSON.parse('{"host":{"labels":{"__proto__":"z"}}}') as object), ['__proto__', 'z']);
});

test('both forms of one field, aliases of one field and a key that stands twice are malformed', () => {
  assert.is(
    error({ kind: 'exec', proc: { path: '/a' }, 'proc.path': '/a' }),
    '`proc.path` is given both nested and flat',
  );
  assert.is(
    error({ kind: 'exec', net: { remote_port: 1, outgoing_port: 1 } }),
    '`net.remote_port` and `net.outgoing_port` are the same field',
  );
  assert.is(error('{"kind":"exec","kind":"exec"}'), '`kind` stands twice in one object');
  assert.is(error('{"kind":"exec","proc":{"uid":0,"\\u0075id":1}}'), '`uid` stands twice in one object');
  assert.is(error('{"kind":"exec","proc":{"name":"a\\"{,b"},"cap":{"name":"chown"}}'), 'fine');
  assert.is(error({ kind: 'exec', 'event.kind': 'exec' }), '`kind` and `event.kind` are the same field');
  assert.match(error('{"kind":"exec","k8s":{"labels":{"a":"1","\\\\x61":"2"}}}'), /twice, written in two ways/);
});

test('kinds', () => {
  assert.is(error({}), '`kind` is missing');
  assert.is(error({ kind: null }), '`kind` is missing');
  assert.is(error({ kind: 'execve' }), 'unknown kind `execve`');
  assert.is(error({ kind: 'file' }), 'unknown kind `file`');
  assert.is(error({ kind: 1 }), '`kind` must be a string, not `1`');
  assert.is(error('[]'), 'an event is a JSON object');
  assert.match(error(''), /^not JSON/);
  assert.match(error('{"kind":"exec"'), /^not JSON/);
});

test('wrong types', () => {
  const wrong: [json: object, message: string][] = [
    [{ proc: 'x' }, '`proc` must be an object'],
    [{ proc: [] }, '`proc` must be an object'],
    [{ proc: { path: 1 } }, '`proc.path` must be a string, not `1`'],
    [{ proc: { uid: 'root' } }, '`proc.uid` must be an integer, not `"root"`'],
    [{ proc: { uid: 1.5 } }, '`proc.uid` must be an integer, not `1.5`'],
    [{ proc: { uid: '' } }, '`proc.uid` must be an integer, not `""`'],
    [{ proc: { uid: true } }, '`proc.uid` must be an integer, not `true`'],
    [{ proc: { interactive: 1 } }, '`proc.interactive` must be true or false, not `1`'],
    [{ proc: { args: 'sh' } }, '`proc.args` must be a list of strings, not `"sh"`'],
    [{ proc: { args: ['sh', 1] } }, '`proc.args[1]` must be a string, not `1`'],
    [{ proc: { args: [null] } }, '`proc.args[0]` must be a string, not `null`'],
    [{ proc: { caps: ['root'] } }, '`proc.caps` has no flag `root`'],
    [{ proc: { caps: 'chown' } }, '`proc.caps` must be a list of strings, not `"chown"`'],
    [{ net: { remote_ip: '1.2.3' } }, '`net.remote_ip` must be an IPv4 or IPv6 address, not `"1.2.3"`'],
    [{ net: { remote_ip: 1 } }, '`net.remote_ip` must be an IPv4 or IPv6 address, not `1`'],
    [{ k8s: { labels: ['app'] } }, '`k8s.labels` must be an object of strings, not a list'],
    [{ k8s: { labels: { app: 1 } } }, '`k8s.labels["app"]` must be a string, not `1`'],
    [{ file: { path: {} } }, '`file.path` must be a string, not an object'],
    [{ time: 5 }, '`time` must be a string, not `5`'],
  ];
  for (const [json, message] of wrong) assert.is(error({ kind: 'exec', ...json }), message);
});

test('integers are numbers or decimal strings of 64 bits', () => {
  assert.is(field('proc.uid', { proc: { uid: '9223372036854775807' } }), 2n ** 63n - 1n);
  assert.is(field('proc.uid', { proc: { uid: -1 } }), -1n);
  assert.is(field('proc.uid', { proc: { uid: 3.0 } }), 3n);
  assert.is(field('syscall.arg0', { syscall: { arg0: '18446744073709551615' } }), 2n ** 64n - 1n);
  assert.match(error({ kind: 'exec', proc: { uid: 2 ** 53 } }), /beyond 2\^53 is written as a string/);
  assert.match(error({ kind: 'exec', proc: { uid: '9223372036854775808' } }), /must be between/);
  assert.match(error({ kind: 'exec', syscall: { arg0: -1 } }), /must be between 0 and/);
  assert.match(error({ kind: 'exec', proc: { uid: '0x10' } }), /must be an integer/);
});

test('bytes that are not UTF-8 are written `\\xHH`, a backslash twice', () => {
  const path = (text: string) => field('file.path', { file: { path: text } });
  assert.is(path('/é'), '/\xc3\xa9');
  assert.is(path('/\\xff\\x41\\\\x41'), '/\xffA\\x41');
  assert.match(error({ kind: 'exec', file: { path: 'a\\b' } }), /`file.path`: a backslash is written twice/);
  assert.match(error({ kind: 'exec', file: { path: 'a\\xg0' } }), /a backslash is written twice/);
  assert.match(error({ kind: 'exec', file: { path: '\\' } }), /a backslash is written twice/);
  assert.match(error('{"kind":"exec","file":{"path":"\\ud800"}}'), /lone surrogate/);
  const written = eventToJson(parse({ kind: 'exec', file: { path: '/\\xff\\xc3\\xa9\\\\é' } })) as {
    file: { path: string };
  };
  assert.is(written.file.path, '/\\xffé\\\\é');
});

test('addresses', () => {
  const ip = (text: string) => {
    const read = parse({ kind: 'net.connect', net: { remote_ip: text } });
    return (eventToJson(read) as { net: { remote_ip: string } }).net.remote_ip;
  };
  assert.is(ip('::ffff:10.0.0.1'), '10.0.0.1');
  assert.is(ip('::ffff:a00:1'), '10.0.0.1');
  assert.is(ip('::1.2.3.4'), '::102:304');
  assert.is(ip('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.is(ip('::'), '::');
  for (const bad of ['fe80::1%eth0', '010.0.0.1', '1.2.3.4/8', '1.2.3.256', '', ':::'])
    assert.match(error({ kind: 'net.connect', net: { remote_ip: bad } }), /must be an IPv4 or IPv6 address/);
});

test('times', () => {
  const time = (text: string) => parse({ kind: 'exec', time: text }).time;
  assert.is(time('1970-01-01T00:00:01Z'), 1_000_000_000n);
  assert.is(time('1970-01-01T00:00:00.000000001Z'), 1n);
  assert.is(time('1970-01-01t01:00:00.5+01:00'.replace('01:00:00', '01:00:01')), 1_500_000_000n);
  assert.is(time('2026-11-21T02:07:28.123456789Z'), 1795226848123456789n);
  assert.is(time('2016-12-31T23:59:60Z'), time('2017-01-01T00:00:00Z'));
  assert.is(time('2024-02-29T00:00:00-00:30'), time('2024-02-29T00:30:00Z'));
  for (const bad of [
    '2026-11-21',
    '2026-11-21T02:07:28',
    '2026-11-21 02:07:28Z',
    '2026-11-21T02:07:28.Z',
    '2026-11-21T02:07:28.1234567890Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2263-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
  ])
    assert.match(error({ kind: 'exec', time: bad }), /`time`: .* is not an RFC 3339 time/);
});

test('strings that are too long are malformed; lists and command lines are cut and named', () => {
  assert.is(error({ kind: 'exec', proc: { path: 'x'.repeat(4097) } }), '`proc.path` is longer than 4096 bytes');
  assert.is(error({ kind: 'exec', proc: { path: 'é'.repeat(2049) } }), '`proc.path` is longer than 4096 bytes');
  assert.is(error({ kind: 'exec', proc: { path: 'x'.repeat(4096) } }), 'fine');
  assert.match(error({ kind: 'exec', k8s: { labels: { a: 'x'.repeat(20000) } } }), /`k8s.labels` is longer/);
  const long = parse({
    kind: 'exec',
    proc: { pcmdline: 'y'.repeat(20000), args: ['a'.repeat(16370), 'bb', 'cc'] },
    event: { truncated: ['proc.ancestors'] },
  });
  assert.is((long.values.get(fieldId('proc.pcmdline')) as string).length, 16384);
  assert.equal(
    (long.values.get(fieldId('proc.args')) as string[]).map((a) => a.length),
    [16370],
  );
  assert.equal(long.values.get(fieldId('event.truncated')), [
    'proc.ancestors',
    'proc.pcmdline',
    'proc.args',
    'proc.cmdline',
  ]);
});

test('an event that no record holds is malformed', () => {
  const text = 'x'.repeat(16000);
  const labels = { a: text };
  const all = { cmdline: text, pcmdline: text, args: [text], ancestors: [text] };
  assert.match(error({ kind: 'exec', proc: all, k8s: { labels }, host: { labels } }), /the limit is 65536/);
});

test('derived fields: given wins, else derived, else absent', () => {
  const of = (name: string, json: object) => valueOf(parse({ kind: 'exec', ...json }), fieldId(name));
  const cases: [name: string, json: object, value: unknown][] = [
    ['proc.name', { proc: { path: '/usr/bin/sh' } }, 'sh'],
    ['proc.name', { proc: { path: '/usr/bin/sh', name: 'x' } }, 'x'],
    ['proc.name', { proc: { path: '/' } }, undefined],
    ['proc.name', { proc: { path: 'init' } }, 'init'],
    ['proc.name', {}, undefined],
    ['proc.pname', { proc: { ppath: '/a/b' } }, 'b'],
    ['proc.caller_name', { proc: { caller_path: '/a/c' } }, 'c'],
    ['proc.cmdline', { proc: { args: ['a', '', 'b c'] } }, 'a  b c'],
    ['proc.cmdline', { proc: { args: [] } }, ''],
    ['file.dir', { file: { path: '/etc/passwd' } }, '/etc'],
    ['file.dir', { file: { path: '/etc' } }, '/'],
    ['file.dir', { file: { path: '/' } }, '/'],
    ['file.name', { file: { path: '/etc/passwd' } }, 'passwd'],
    ['file.ext', { file: { path: '/a.b/x.tar.gz' } }, 'gz'],
    ['file.ext', { file: { path: '/a.b/x' } }, undefined],
    ['file.ext', { file: { path: '/root/.bashrc' } }, undefined],
    ['file.ext', { file: { path: '/root/.bash.rc' } }, 'rc'],
    ['file.ext', { file: { path: '/root/x.' } }, undefined],
    ['net.family', { net: { remote_ip: '::1', local_ip: '1.2.3.4' } }, 'ipv6'],
    ['net.family', { net: { local_ip: '1.2.3.4', path: '/x' } }, 'ipv4'],
    ['net.family', { net: { path: '/x' } }, 'unix'],
    ['net.family', {}, undefined],
    ['net.private', { net: { local_ip: '10.0.0.1' } }, undefined],
    ['container.image_tag', { container: { image: 'r:5000/a/b:1.4' } }, '1.4'],
    ['container.image_tag', { container: { image: 'r:5000/a/b' } }, undefined],
    ['container.image_tag', { container: { image: 'a:1@sha256:aa' } }, '1'],
    ['container.image_tag', { container: { image: 'a@sha256:aa' } }, undefined],
    ['host.class', {}, 'host'],
    ['host.class', { container: { id: 'c' } }, 'container'],
    ['host.class', { k8s: { pod: 'p' }, container: { id: 'c' } }, 'kubernetes'],
    ['host.class', { host: { class: 'serverless' } }, 'serverless'],
    ['event.kind', {}, 'exec'],
    ['event.time', { time: '1970-01-01T00:00:01Z' }, 1_000_000_000n],
    ['event.time', {}, undefined],
  ];
  for (const [name, json, value] of cases) assert.is(of(name, json), value, `${name} of ${JSON.stringify(json)}`);
});

test('private addresses', () => {
  const is = (ip: string) => valueOf(parse({ kind: 'net.connect', net: { remote_ip: ip } }), fieldId('net.private'));
  const inside =
    '0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 ' +
    '100.64.0.0 100.127.255.255 127.0.0.1 169.254.169.254 :: ::1 fc00:: fdff:ffff::1 fe80::1 febf::1 ::ffff:10.0.0.1';
  const outside =
    '1.0.0.0 9.255.255.255 11.0.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 100.63.255.255 ' +
    '100.128.0.0 128.0.0.0 169.253.255.255 169.255.0.0 ::2 fbff::1 fe00:: fe7f::1 fec0:: ::ffff:8.8.8.8 2001:db8::1';
  for (const ip of inside.split(' ')) assert.is(is(ip), true, ip);
  for (const ip of outside.split(' ')) assert.is(is(ip), false, ip);
});

test.run();
