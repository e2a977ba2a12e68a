import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Effects } from '../../shim/enforcers/effects.ts';
import type { Engine } from '../../shim/enforcers/engine.ts';
import { Judge } from '../../shim/enforcers/judge.ts';
import { Opens } from '../../shim/enforcers/opens.ts';
import { Questions } from '../../shim/enforcers/questions.ts';
import { RecordingEngine } from '../../shim/enforcers/recording-engine.ts';
import type { Report } from '../../shim/enforcers/report.ts';
import { TextReader } from '../../shim/enforcers/text-reader.ts';
import { Processes } from '../../shim/workloads/processes.ts';
import { decodeRecord, eventToJson } from '../../vm/event/index.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { FakeKernel } from './fake-kernel.ts';
import { FakePermissionEvents, type FakeEvent } from './fake-permission-events.ts';

/** An engine that decides by the last question's path: `kill` and `deny` in it mean what they say. */
class ByPath extends RecordingEngine {
  readonly asked: Record<string, unknown>[] = [];
  #actions: number[] = [];

  override evaluate(length: number): number {
    this.#actions = [];
    for (let at = 0; at < length;) {
      const decoded = decodeRecord(this.input(0), at);
      if ('error' in decoded) throw new Error(decoded.error);
      const json = eventToJson(decoded.event) as { proc?: { path?: string }; file?: { path?: string } };
      this.asked.push(json);
      const path = json.file?.path ?? json.proc?.path ?? '';
      this.#actions.push(path.includes('kill') ? 3 : path.includes('deny') ? 2 : 0);
      at += decoded.size;
    }
    return this.#actions.length;
  }
  override action(i = 0): number {
    return this.#actions[i];
  }
}

const setUp = (engine: Engine = new ByPath()) => {
  const kernel = new FakeKernel();
  const reports: Report[] = [];
  const processes = new Processes(kernel, engine, 1, new Map());
  const questions = new Questions(engine, 1);
  const effects = new Effects(kernel, { isolate: () => null, stop: () => null });
  const judge = new Judge(engine, questions, effects, (report) => reports.push(report), {
    reportAll: false,
    trace: false,
  });
  const events = new FakePermissionEvents();
  events.threads.add(7);
  const needs = {
    exec: true,
    reads: true,
    writes: true,
    invoked: false,
    identity: false,
    programLayer: false,
    objectLayer: false,
  };
  const opens = new Opens(
    ...([kernel, events, processes, questions, judge, new TextReader(kernel), needs] as const),
    ...([null, () => false, null, null] as const),
  );
  kernel.addProcess(1, 0, '/launch');
  kernel.addProcess(7, 1, '/bin/cat');
  const ask = (what: FakeEvent['what'], path: string, call: FakeEvent['call'], tid = 7): boolean => {
    events.queue.push({ what, path, tid, call });
    assert.is(
      opens.drain(() => {}),
      0,
    );
    assert.is(events.answers.length, 1, 'one answer');
    return events.answers.pop()!;
  };
  return { kernel, reports, processes, ask };
};

const openat = (flags: number): FakeEvent['call'] => [257, 0xffffff9c, 0x7ffe0000, flags];
const EXECVE: FakeEvent['call'] = [59, 0x1000, 0x2000, 0x3000];

test('an open asks for what its flags mean', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  for (const flags of [0o0, 0o1, 0o2, 0o1000]) assert.ok(ask('open', '/fine', openat(flags)));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['file.read', 'file.write', 'file.read', 'file.write', 'file.read', 'file.write'],
  );
});

test('a denied open is refused and reported, and kill signals the process', () => {
  const { ask, reports, kernel } = setUp();
  assert.not(ask('open', '/deny', openat(0)));
  assert.not(ask('open', '/kill', openat(0)));
  assert.equal(kernel.signals, [[1007, 9]]);
  assert.equal(
    reports.map(({ type }) => type),
    ['verdict', 'verdict'],
  );
});

test('registers that cannot be seen count as reading and writing', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  assert.ok(ask('open', '/fine', null));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['file.read', 'file.write'],
  );
});

test('a thread that is gone, an object without a path and a path that is too long are refused', () => {
  const { ask } = setUp();
  assert.not(ask('open', '/fine', openat(0), 99));
  assert.not(ask('open', `/${'x'.repeat(5000)}`, openat(0)));
});

test('opens inside of an exec are not asked, the exec is', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  assert.ok(ask('exec', '/bin/true', EXECVE));
  assert.ok(ask('open', '/bin/true', EXECVE));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['exec'],
  );
  assert.not(ask('exec', '/bin/deny', EXECVE));
});

test('a process id that is used again is another process', () => {
  const { kernel, processes } = setUp();
  const first = processes.ofThread(7, true)!;
  processes.drop(7);
  kernel.addProcess(7, 1, '/bin/other', 99);
  const second = processes.ofThread(7, true)!;
  assert.is.not(first.key, second.key);
  assert.is(Buffer.from(second.image.path).toString(), '/bin/other');
  assert.is(processes.ofKey(first.key), null);
});

test('a child that was never seen in /proc has its parent’s facts', () => {
  const { processes } = setUp();
  const parent = processes.ofThread(7, true)!;
  const childKey = (5n << 22n) | 8n;
  processes.forked(parent.key, childKey);
  const child = processes.ofKey(childKey)!;
  assert.is(child.pid, 8);
  assert.is(child.identity.ppid, 7);
  assert.equal(child.image, parent.image);
  assert.is(child.parent, parent);
});

test('facts that are longer than a record are cut and say so', () => {
  const { kernel, processes } = setUp();
  const long = (letter: string): string => `/${letter.repeat(4000)}`;
  for (let pid = 20; pid < 30; pid++) {
    kernel.addProcess(pid, pid === 20 ? 7 : pid - 1, long(String.fromCharCode(pid + 80)));
    kernel.links.set(`${pid}/cwd`, long('w'));
    kernel.proc.set(`${pid}/cmdline`, 'argument\0'.repeat(2000));
  }
  const { facts } = processes.ofThread(29, true)!;
  const decoded = decodeRecord(facts);
  if ('error' in decoded) throw new Error(decoded.error);
  const json = eventToJson(decoded.event) as { proc: Record<string, unknown[]>; event: { truncated: string[] } };
  assert.ok(facts.length <= LIMITS.recordBytes.value);
  assert.equal(json.event.truncated, ['proc.cmdline', 'proc.pcmdline', 'proc.args', 'proc.ancestors']);
  assert.ok(json.proc['args'].length > 1300, 'its own arguments come first');
  assert.is(json.proc['ancestors'][0], long('l'));
});

test('where records of processes may be lost, an id that another process has by now lends it nothing', () => {
  const { kernel, processes, ask } = setUp();
  ask('open', '/etc/hostname', openat(0));
  const before = processes.ofThread(7, true)!;
  kernel.addProcess(7, 1, '/bin/other', 99);
  assert.is(processes.ofThread(7, true), before, 'nobody has said that it ended');
  processes.doubt();
  const after = processes.ofThread(7, true)!;
  assert.is.not(after.key, before.key);
  assert.is(Buffer.from(after.image.path).toString(), '/bin/other');
  kernel.links.set('7/exe', '/bin/third');
  processes.doubt();
  assert.is(Buffer.from(processes.ofThread(7, true)!.image.path).toString(), '/bin/third', 'an exec that was lost');
});

test.run();
