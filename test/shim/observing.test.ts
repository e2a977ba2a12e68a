import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doctor, doctorBundle } from '../../shim/doctor/index.ts';
import { recordTrace } from '../../shim/run/index.ts';
import { readTrace } from '../../shim/trace/reader.ts';
import { decodeRecord, eventToJson, joinFacts } from '../../vm/event/index.ts';
import { KINDS } from '../../vm/spec/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { message } from '../support/dns.ts';
import { bundleOf } from './build.ts';
import { GUARD, inFolder, policy } from './workload.ts';

interface Program {
  readonly path?: string;
  readonly env?: readonly string[];
  readonly stdin_type?: string;
  readonly file_owner_uid?: number;
}

kernelTest('a recording has every event with the facts of its process, and decides nothing', GUARD, () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'data'), 'x\n');
    const output = createWriteStream(join(folder, 'trace'));
    const query = Buffer.from(message(['www', 'test'], 16)).toString('hex');
    const ask = `import socket; socket.socket(2,2).sendto(bytes.fromhex("${query}"),("127.83.0.4",53))`;
    const script = `cat data > copy; mv copy moved; rm moved; python3 -S -c '${ask}'`;
    const result = await recordTrace({
      ...{ command: ['sh', '-c', script], output, cwd: folder, scope: { namespace: 'n' } },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    output.end();
    await finished(output);
    assert.equal([result.exitCode, result.error, result.lost], [0, null, {}]);
    const trace = readTrace(readFileSync(join(folder, 'trace')));
    if ('error' in trace) throw new Error(trace.error);
    const facts = new Map<bigint, ReturnType<typeof decode>>();
    const seen: string[] = [];
    const decode = (bytes: Uint8Array) => {
      const decoded = decodeRecord(bytes);
      if ('error' in decoded) throw new Error(decoded.error);
      return decoded;
    };
    for (const { type, key, bytes } of trace.entries) {
      if (type === 'subject') facts.set(key, decode(bytes));
      if (type !== 'record') continue;
      const { event, subject } = decode(bytes);
      const known = facts.get(subject);
      const json = eventToJson(known ? joinFacts(event, known.event) : event) as {
        kind: string;
        proc: { path: string };
        file?: { path: string };
        net?: { domain: string; query_type: string };
      };
      if (json.kind === 'net.dns') seen.push(`net.dns ${json.net?.domain} ${json.net?.query_type}`);
      else if (json.kind === 'exec') seen.push(`exec ${json.proc.path.split('/').at(-1)}`);
      else if (json.file?.path.startsWith(folder))
        seen.push(`${json.kind} ${json.proc.path.split('/').at(-1)} ${json.file.path.slice(folder.length + 1)}`);
    }
    for (const expected of [
      ...['exec cat', 'exec mv', 'exec rm', 'file.read cat data', 'file.delete rm moved'],
      ...['file.rename mv copy', 'file.rename mv moved', 'net.dns www.test TXT'],
    ])
      assert.ok(seen.includes(expected), `${expected} in ${seen.join(', ')}`);
    assert.is(trace.entries[0].type, 'workload');
  }),
);

kernelTest(
  'a recording has environments only where that was wished, and what a program starts with always',
  GUARD,
  () =>
    inFolder(async (folder) => {
      for (const environment of [false, true]) {
        const output = createWriteStream(join(folder, 'trace'));
        await recordTrace({
          ...{ command: ['sh', '-c', '/bin/true; /bin/true'], output, cwd: folder, environment },
          ...{ env: { SECRET: 'x' }, stdio: ['ignore', 'ignore', 'ignore'] },
        });
        output.end();
        await finished(output);
        const trace = readTrace(readFileSync(join(folder, 'trace')));
        if ('error' in trace) throw new Error(trace.error);
        const programs = trace.entries
          .filter(({ type }) => type === 'record' || type === 'subject')
          .map(({ bytes }) => decodeRecord(bytes))
          .map((decoded) => ('error' in decoded ? null : (eventToJson(decoded.event) as { proc?: Program }).proc))
          .filter((program) => program?.path?.endsWith('/true'));
        assert.ok(programs.length >= 4, 'questions and facts');
        for (const program of programs) {
          assert.is(program!.env?.includes('SECRET=x') ?? false, environment);
          assert.is(program!.stdin_type, 'device');
          assert.is(program!.file_owner_uid, 0);
        }
      }
    }),
);

kernelTest('doctor tries what it says, and knows a way for each rule', GUARD, async () => {
  const report = await doctor();
  assert.equal(
    report.probes.filter(({ works }) => !works),
    [],
  );
  assert.ok(report.canRun);
  const text = policy(`
- {name: a, on: exec, when: 'proc.service = "x"', action: deny}
- {name: b, on: file.read, when: 'file.path = "/x"', action: deny, errno: EACCES}
- {name: c, on: net.connect, when: 'net.private', action: deny, errno: EACCES}
- {name: d, on: file.delete, when: 'file.path = "/x"', action: deny}
- {name: e, on: net.dns, when: 'net.domain = "x"', action: deny}
- {name: f, on: file.read, when: 'file.sha256 = "x"', action: audit}`);
  const rows = doctorBundle(report, bundleOf(text));
  assert.equal(
    rows.map(({ rule, timing, unfilled, enforced }) => [rule, timing, unfilled.join(), enforced]),
    [
      ['a', 'synchronous', 'proc.service', false],
      ['b', 'synchronous', '', true],
      ['c', 'inline', '', true],
      ['d', 'synchronous', '', true],
      ['e', 'inline', '', true],
      ['f', 'synchronous', 'file.sha256', false],
    ],
  );
  assert.match(rows[1].reasons.join(), /EPERM/);
});

test('without the kernel every rule still has a row that says why', () => {
  const report = { kernel: '0', arch: 'x64', canRun: false, probes: [] };
  const all = KINDS.filter(({ deniable }) => deniable).map(({ name }) => name);
  const rows = doctorBundle(report, bundleOf(policy(`- {name: a, on: [${all.join()}], when: 'true', action: audit}`)));
  assert.is(rows.length, all.length);
  for (const { timing, reasons } of rows) assert.ok(timing !== 'impossible' || reasons.length > 0);
});

test.run();
