import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Effects } from '../../shim/enforcers/effects.ts';
import type { Engine } from '../../shim/enforcers/engine.ts';
import { Fanotify } from '../../shim/enforcers/fanotify.ts';
import { Judge } from '../../shim/enforcers/judge.ts';
import { Opens } from '../../shim/enforcers/opens.ts';
import { Questions } from '../../shim/enforcers/questions.ts';
import { RecordingEngine } from '../../shim/enforcers/recording-engine.ts';
import type { Report } from '../../shim/enforcers/report.ts';
import { TextReader } from '../../shim/enforcers/text-reader.ts';
import { Processes } from '../../shim/workloads/processes.ts';
import { decodeRecord, eventToJson } from '../../vm/event/index.ts';
import { FakeKernel, fanotifyEvent } from './fake-kernel.ts';

const OPEN = 0x10000;
const EXEC = 0x40000;
const GROUP = 5;

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
  const fanotify = new Fanotify(kernel, GROUP);
  const needs = { exec: true, reads: true, writes: true, invoked: false, identity: false };
  const opens = new Opens(
    ...([kernel, fanotify, processes, questions, judge, new TextReader(kernel), needs] as const),
    ...([null, () => false, null] as const),
  );
  kernel.addProcess(1, 0, '/launch');
  kernel.addProcess(7, 1, '/bin/cat');
  const ask = (mask: number, path: string, call: string, tid = 7, links = 1): boolean => {
    const fd = 100 + kernel.written.length;
    kernel.open.set(fd, { path, links });
    kernel.proc.set(`${tid}/task/${tid}/syscall`, call);
    kernel.queue.set(GROUP, [fanotifyEvent(mask, fd, tid)]);
    fanotify.drain((event) => opens.handle(event));
    const answer = new Int32Array(kernel.written.at(-1)!.slice().buffer);
    assert.is(answer[0], fd);
    assert.ok(kernel.closed.includes(fd));
    return answer[1] === 1;
  };
  return { kernel, reports, processes, opens, ask };
};

const openat = (flags: number): string =>
  `257 0xffffff9c 0x7ffe0000 0x${flags.toString(16)} 0x0 0x0 0x0 0x7ffd 0x7f00\n`;
const EXECVE = '59 0x1000 0x2000 0x3000 0x0 0x0 0x0 0x7ffd 0x7f00\n';

test('an open asks for what its flags mean', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  for (const flags of [0o0, 0o1, 0o2, 0o1000]) assert.ok(ask(OPEN, '/fine', openat(flags)));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['file.read', 'file.write', 'file.read', 'file.write', 'file.read', 'file.write'],
  );
});

test('a denied open is refused and reported, and kill signals the process', () => {
  const { ask, reports, kernel } = setUp();
  assert.not(ask(OPEN, '/deny', openat(0)));
  assert.not(ask(OPEN, '/kill', openat(0)));
  assert.equal(kernel.signals, [[1007, 9]]);
  assert.equal(
    reports.map(({ type }) => type),
    ['verdict', 'verdict'],
  );
});

test('registers that cannot be seen count as reading and writing', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  assert.ok(ask(OPEN, '/fine', 'running\n'));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['file.read', 'file.write'],
  );
});

test('a thread that is gone, an object without a path and a path that is too long are refused', () => {
  const { ask } = setUp();
  assert.not(ask(OPEN, '/fine', openat(0), 99));
  assert.not(ask(OPEN, `/${'x'.repeat(5000)}`, openat(0)));
});

test('opens inside of an exec are not asked, the exec is', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  assert.ok(ask(EXEC, '/bin/true', EXECVE));
  assert.ok(ask(OPEN, '/bin/true', EXECVE));
  assert.equal(
    engine.asked.map((event) => event['kind']),
    ['exec'],
  );
  assert.not(ask(EXEC, '/bin/deny', EXECVE));
});

test('a removed object keeps the path that it had, a name that only looks like one is whole', () => {
  const engine = new ByPath();
  const { ask } = setUp(engine);
  ask(OPEN, '/odd (deleted)', openat(0));
  ask(OPEN, '/gone (deleted)', openat(0), 7, 0);
  assert.equal(
    engine.asked.map((event) => (event['file'] as { path: string }).path),
    ['/odd (deleted)', '/gone'],
  );
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

test('where records of processes may be lost, an id that another process has by now lends it nothing', () => {
  const { kernel, processes, ask } = setUp();
  const openat = '257 0xffffff9c 0x1000 0x0 0x0 0x0 0x0 0x0 0x0';
  ask(OPEN, '/etc/hostname', openat);
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
