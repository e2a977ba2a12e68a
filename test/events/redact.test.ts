/** Redaction: the same part is hidden in every form of a text, and nothing else is. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchError } from '../../compiler/pattern/index.ts';
import { eventToJson, fieldByName, parseEventLine, valueOf, type Event } from '../../vm/event/index.ts';
import { isRedactable, redactor } from '../../vm/event/redact.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';
import { regexSearch } from '../../vm/reference/regex.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { bytes, event } from './arbitrary.ts';

type Flag = readonly [field: string, pattern: string];

const redact = (...given: readonly Flag[]): ((event: Event) => Event) =>
  redactor(
    given.map(([name, pattern]) => {
      assert.is(searchError(pattern), null, pattern);
      return { field: fieldByName(name)!, find: regexSearch(pattern) };
    }),
  );

function read(json: object): Event {
  const parsed = parseEventLine(JSON.stringify({ kind: 'exec', ...json }));
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.event;
}

/** What is written of an event under these flags, without its kind. */
function written(json: object, ...given: readonly Flag[]): object {
  const { kind, ...rest } = eventToJson(redact(...given)(read(json))) as { kind: string };
  assert.is(kind, 'exec');
  return rest;
}

test('each match is hidden, of several expressions too, and empty ones are none', () => {
  const of = (text: string, ...patterns: readonly string[]): string =>
    (
      written({ proc: { cwd: text } }, ...patterns.map((pattern) => ['proc.cwd', pattern] as const)) as {
        proc: { cwd: string };
      }
    ).proc.cwd;
  assert.is(of('a1b22c', '[0-9]+'), 'a***b***c');
  assert.is(of('a1b22c', '[0-9]'), 'a***b******c');
  assert.is(of('a1b22c', 'x*'), 'a1b22c');
  assert.is(of('abc', '.*'), '***');
  assert.is(of('abcdef', 'bcd', 'de'), 'a***f');
  assert.is(of('abcdef', 'abcdef', 'c'), '***');
  assert.is(of('a key keyring', String.raw`\bkey\b`), 'a *** keyring');
  assert.is(of('one\ntwo', '(?m)^t.*$'), 'one\n***');
  assert.is(of('one\ntwo', '^t.*$'), 'one\ntwo');
  assert.is(of('ABC', '(?i)b'), 'A***C');
  assert.is(of('xéy', '\xc3\xa9'), 'x***y');
  assert.is(of('aaa', 'a+?'), '*********');
});

test('arguments and their line: whichever is named', () => {
  const args = ['curl', '--token', 's3cret', '-u=s3cret', ''];
  const cmdline = args.join(' ');
  const hidden = ['curl', '***', '***', '-u=s3cret', ''];
  assert.equal(written({ proc: { args } }, ['proc.cmdline', '--token [^ ]+']), { proc: { args: hidden } });
  assert.equal(written({ proc: { args, cmdline } }, ['proc.cmdline', '--token [^ ]+']), {
    proc: { cmdline: 'curl *** -u=s3cret ', args: hidden },
  });
  assert.equal(written({ proc: { args, cmdline } }, ['proc.args', '^s3.*']), {
    proc: { cmdline: 'curl --token *** -u=s3cret ', args: ['curl', '--token', '***', '-u=s3cret', ''] },
  });
  // a line that is not that of the arguments
  assert.equal(written({ proc: { args: ['a'], cmdline: 'b s3cret' } }, ['proc.args', 's3cret']), {
    proc: { cmdline: 'b ***', args: ['a'] },
  });
  assert.equal(written({ proc: { cmdline: 'b s3cret' } }, ['proc.args', 's3cret']), { proc: { cmdline: 'b ***' } });
  assert.equal(written({ proc: { pcmdline: 'b s3cret' } }, ['proc.cmdline', 's3cret']), {
    proc: { pcmdline: 'b s3cret' },
  });
});

test('a text and its parts: whichever is named', () => {
  const file = { path: '/home/alice/alice.txt', dir: '/home/alice', name: 'alice.txt', ext: 'txt' };
  assert.equal(written({ file }, ['file.path', 'alice']), {
    file: { path: '/home/***/***.txt', dir: '/home/***', name: '***.txt', ext: 'txt' },
  });
  assert.equal(written({ file }, ['file.name', '^[a-z]+']), {
    file: { path: '/home/alice/***.txt', dir: '/home/alice', name: '***.txt', ext: 'txt' },
  });
  assert.equal(written({ file: { path: file.path } }, ['file.dir', '.+']), { file: { path: '***/alice.txt' } });
  assert.equal(written({ file: { path: file.path } }, ['file.ext', '^t']), {
    file: { path: '/home/alice/alice.***xt' },
  });
  assert.equal(written({ file: { path: '/a/b', name: 'other b' } }, ['file.path', 'b']), {
    file: { path: '/a/***', name: 'other ***' },
  });
  const image = 'registry:5000/web:secret@sha256:00';
  assert.equal(written({ container: { image, image_tag: 'secret' } }, ['container.image_tag', '.*']), {
    container: { image: 'registry:5000/web:***@sha256:00', image_tag: '***' },
  });
});

test('lists, labels and addresses', () => {
  const given = {
    proc: { ancestors: ['/bin/sh', '/usr/sbin/sshd'] },
    net: { remote_ip: '10.1.2.3', local_ip: '10.1.2.4' },
    k8s: { labels: { owner: 'alice', team: 'blue' } },
  };
  const flags = [
    ['proc.ancestors', 'ssh'],
    ['net.outgoing_ip', '[0-9]+$'],
    ['k8s.labels', '^owner=(.*)'],
  ] as const;
  assert.equal(written(given, ...flags), {
    proc: { ancestors: ['/bin/sh', '/usr/sbin/***d'] },
    net: { remote_ip: '10.1.2.***', local_ip: '10.1.2.4' },
    k8s: { labels: { '***': '***', team: 'blue' } },
  });
  const rule = {
    name: 'r',
    policy: 0,
    severity: null,
    tags: [],
    log: 'audit',
    message: '{net.remote_ip} {net.family} {k8s.labels} {k8s.labels["owner"]} {proc.ancestors[1]}',
  } as const;
  const plane = { action: 'deny', policy: 0, rule: 0, default: false, matches: [] } as const;
  const { message } = verdictRecord(
    { policies: [{ name: 'p' }], rules: [rule] },
    { actual: plane, asIf: plane, errno: 1, assumed: [] },
    redact(...flags)(read({ ...given, net: { remote_ip: '10.1.2.3' } })),
  );
  assert.is(message, '10.1.2.*** - ***=***,team=blue - /usr/sbin/***d');
});

test('everything of a field is hidden in every form of it, and no other field changes', () => {
  const redactable = FIELDS.filter(isRedactable);
  fc.assert(
    fc.property(event, fc.constantFrom(...redactable), (whole, field) => {
      const before = new Map(whole.values);
      const shown = redact([field.name, '(?s:.)+'])(whole);
      assert.equal(whole.values, before);
      const value = valueOf(shown, field.id) ?? shown.hidden?.get(field.id);
      if (typeof value === 'string') assert.match(value, /^(?:\*\*\*)?$/);
      else for (const text of (value ?? []) as readonly string[]) assert.match(text, /^(?:\*\*\*)?$/);
      const group = (id: number): string => FIELDS.find((other) => other.id === id)!.name.replace(/\..*/, '');
      for (const [id, other] of whole.values)
        if (group(id) !== group(field.id)) assert.equal(shown.values.get(id), other);
    }),
  );
});

test('an expression that finds nothing changes nothing that is written', () => {
  fc.assert(
    fc.property(event, (whole) => {
      const nothing = FIELDS.filter(isRedactable).map(({ name }) => [name, '[^\\x00-\\xff]'] as const);
      assert.equal(eventToJson(redact(...nothing)(whole)), eventToJson(whole));
    }),
  );
});

test('whatever is accepted can be looked for, in time that grows with the text', () => {
  fc.assert(
    fc.property(bytes(16), bytes(24), (pattern, text) => {
      if (searchError(pattern) === null) regexSearch(pattern)(text);
    }),
    { numRuns: 1000 },
  );
  for (const pattern of ['(a*)*b', '(a|aa)+$', '(a|a?)+x']) assert.is(searchError(pattern), null);
  assert.equal(regexSearch('(a*)*b')('a'.repeat(16_384)), []);
  const many = regexSearch('a.*b|a')('a'.repeat(16_384));
  assert.equal([many.length, many[255], many[256]], [257, [255, 256], [256, 16_384]]);
  assert.is(regexSearch('a')('a'.repeat(256)).at(-1)?.[1], 256);
});

test.run();
