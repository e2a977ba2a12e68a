/** Events that other systems recorded, under the policies that ship: both engines agree on each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engine } from '../../cli/engines.ts';
import { build } from '../../compiler/build.ts';
import { readBundle } from '../../vm/bundle/index.ts';
import { encodeRecord, decodeRecord, parseEventLine, type Event } from '../../vm/event/index.ts';
import { sharedTest } from '../support/shared.ts';
import { filesBelow, jsonValues, readText } from './files.ts';
import { fromKubeArmor, type KubeArmorEvent } from './kubearmor.ts';
import { fromTetragon, type TetragonEvent } from './tetragon.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

/** A bundle of everything that ships. */
const shipped = () => {
  const sources = filesBelow(POLICIES, /(?<!\.test)\.yaml$/).map((path) => ({ path, text: readText(POLICIES, path) }));
  const { value, diagnostics } = build(sources, { today: '2026-11-21' });
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const read = readBundle(value!.file);
  if ('error' in read) throw new Error(read.error);
  return read.bundle;
};

const parsed = (json: object): Event => {
  const result = parseEventLine(JSON.stringify(json));
  if ('error' in result) throw new Error(`${result.error}: ${JSON.stringify(json)}`);
  return result.event;
};

/** Decides the events with both engines, which throws where they differ, and says what came of it. */
const decide = (name: string, mapped: readonly (object | null)[]): void => {
  const events = mapped.filter((json) => json !== null).map(parsed);
  assert.ok(events.length > 0, 'no event could be mapped');
  for (const event of events) {
    const back = decodeRecord(encodeRecord(event));
    if ('error' in back) throw new Error(back.error);
    assert.equal(back.event, event);
  }
  const decisions = engine('both', shipped())(events);
  const counts = new Map<string, number>();
  for (const { actual } of decisions) counts.set(actual.action, (counts.get(actual.action) ?? 0) + 1);
  console.log(
    `${name}: ${events.length} of ${mapped.length} events are questions; ${[...counts].map(([action, n]) => `${n} ${action}`).join(', ')}`,
  );
};

test('an event of Tetragon is mapped', () => {
  const json = fromTetragon({
    process_exec: {
      process: {
        binary: '/usr/bin/cat',
        arguments: '/etc/passwd',
        pid: 7,
        uid: 0,
        flags: 'execve',
        cap: { effective: ['CAP_KILL'] },
      },
      parent: { binary: '/usr/bin/sh', pid: 6 },
    },
    time: '2026-01-02T03:04:05Z',
  });
  assert.equal(JSON.parse(JSON.stringify(json)), {
    kind: 'exec',
    time: '2026-01-02T03:04:05Z',
    proc: {
      path: '/usr/bin/cat',
      pid: 7,
      uid: 0,
      cmdline: '/usr/bin/cat /etc/passwd',
      caps: ['kill'],
      ppath: '/usr/bin/sh',
      ppid: 6,
      pcmdline: '/usr/bin/sh',
      caller_path: '/usr/bin/sh',
    },
    container: {},
    k8s: {},
  });
});

test('an event of KubeArmor is mapped', () => {
  const json = fromKubeArmor({
    Operation: 'File',
    Resource: '/etc/shadow',
    Data: 'syscall=SYS_OPENAT fd=-100 flags=O_RDONLY|O_CLOEXEC',
    ProcessName: '/bin/cat',
    Source: '/bin/cat /etc/shadow',
    Labels: 'app=web,tier=front',
  });
  assert.equal(JSON.parse(JSON.stringify(json)), {
    kind: 'file.read',
    proc: { path: '/bin/cat', cmdline: '/bin/cat /etc/shadow' },
    file: { path: '/etc/shadow', flags: ['rdonly', 'cloexec'] },
    container: {},
    k8s: { labels: { app: 'web', tier: 'front' } },
    host: {},
  });
});

sharedTest("Tetragon's events", 'traces/tetragon-json-events', (folder) => {
  const events = filesBelow(folder, /\.json$/).flatMap((name) => jsonValues(readText(folder, name)));
  decide("Tetragon's events", (events as TetragonEvent[]).map(fromTetragon));
});

sharedTest("KubeArmor's events", 'traces/kubearmor-doc-events', (folder) => {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  decide(
    "KubeArmor's events",
    lines.map((line) => fromKubeArmor(JSON.parse(line) as KubeArmorEvent)),
  );
});

test.run();
