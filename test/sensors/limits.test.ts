/** What does not fit: long paths are whole or away, a full ring is counted, nobody else is seen. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KINDS } from '../../vm/spec/kinds.ts';
import { RECORD_FLAGS } from '../../vm/spec/record.ts';
import { attachSensors, probeSensors, SENSOR_KINDS, sensorFields } from '../../shim/sensors/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { last, must, watching, type Seen } from './watched.ts';

/** Thousands of folders are made and removed there: in memory, where there is some. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const NEEDS = ['root', 'bpf', 'cgroup'] as const;

/** Makes and enters folders of `name` until the path has `target` bytes or a bit more, then runs `text` there. */
const deep = (name: string, target: number, text: string): string =>
  `import os\nat=len(os.getcwd())\nwhile at + ${name.length + 1} <= ${target}:\n os.mkdir(${JSON.stringify(name)}); os.chdir(${JSON.stringify(name)}); at+=${name.length + 1}\n` +
  `rest=${target}-at\n${text}`;

const longest = (records: readonly Seen[], field: string): string =>
  records.map(({ values }) => String(values[field] ?? '')).reduce((a, b) => (a.length >= b.length ? a : b));

for (const name of ['a', 'x'.repeat(255)])
  kernelTest(`paths of 4,000 bytes are whole: components of ${name.length}`, NEEDS, () =>
    watching(
      { kinds: ['exec', 'file.create', 'file.delete'], ringBytes: 1 << 25 },
      (watched) => {
        const until = 4000 - (name.length === 1 ? 2 : 20);
        watched.python(
          deep(
            name,
            until,
            'f="f"*(4000-at-1)\nopen(f,"w").close(); os.unlink(f)\nimport shutil\nshutil.copy("/bin/true",f)\nos.execv("./"+f,[f])',
          ),
        );
        const records = watched.records();
        const exec = last(records.filter(({ kind }) => kind === 'exec'));
        const path = String(exec.values['proc.path']);
        assert.is(path.length, 4000);
        assert.ok(path.startsWith(`${watched.folder}/${name}/${name}`));
        assert.is(
          longest(
            records.filter(({ kind }) => kind === 'file.create'),
            'file.path',
          ),
          path,
        );
        assert.is(
          longest(
            records.filter(({ kind }) => kind === 'file.delete'),
            'file.path',
          ),
          path,
        );
        for (const kind of ['exec', 'file.create', 'file.delete'])
          assert.is(watched.sensors.counters()[kind].unresolved, 0, kind);
      },
      FAST,
    ),
  );

kernelTest('a path of more than 4,096 bytes stays away; the record says so and it is counted', NEEDS, () =>
  watching(
    { kinds: ['file.create', 'file.delete'] },
    (watched) => {
      watched.python(deep('d'.repeat(200), 4400, 'open("f","w").close(); os.unlink("f")'));
      for (const kind of ['file.create', 'file.delete']) {
        const record = watched.records().filter((of) => of.kind === kind && of.values['file.invoked'] === 'f');
        for (const { flags, values } of record) {
          assert.is(values['file.path'], undefined);
          assert.ok(flags & RECORD_FLAGS.incomplete);
        }
        assert.ok(watched.sensors.counters()[kind].unresolved > 0, kind);
      }
    },
    FAST,
  ),
);

kernelTest('records that the ring has no room for are counted, by kind; those in it are whole', NEEDS, () =>
  watching({ kinds: ['file.create', 'file.delete'], ringBytes: 1 << 16 }, (watched) => {
    const files = 1000;
    watched.python(
      `import os\nfor i in range(${files}): open(str(i),"w").close()\nfor i in range(${files}): os.unlink(str(i))`,
    );
    const { emitted, lost } = watched.sensors.counters()['file.create'];
    assert.ok(lost > 0);
    assert.is(emitted + lost, files);
    assert.is(watched.sensors.counters()['file.delete'].lost, files);
    assert.is(watched.records().length, emitted);
    watched.python('import os\nos.mkdir("after")');
    assert.is(watched.records().length, 1, 'drained, it takes records again');
  }),
);

kernelTest('nobody else is seen, and nobody at all before a cgroup is watched or after', NEEDS, () =>
  watching({ kinds: [...SENSOR_KINDS] }, (watched) => {
    const touch = () => spawnSync('/bin/sh', ['-c', 'echo > x; mv x y; rm y'], { cwd: watched.folder });
    touch();
    assert.is(watched.records().length, 0);
    assert.is(watched.sensors.unwatch(watched.cgroupId), null);
    watched.run('/bin/true');
    assert.is(watched.records().length, 0);
    assert.is(watched.sensors.watch(watched.cgroup, 77n), null);
    watched.run('/bin/true');
    const records = watched.records();
    assert.ok(records.length > 0);
    for (const { workload } of records) assert.is(workload, 77n);
  }),
);

kernelTest(
  'records have no other fields than the catalogue says, and events only of kinds that are wanted',
  NEEDS,
  () =>
    watching({ kinds: SENSOR_KINDS.filter((kind) => kind !== 'cap'), syscalls: [0, 59, 80, 231] }, (watched) => {
      watched.run('/bin/sh', [
        '-c',
        'mkdir a; echo > a/b; ln -s b a/c; ln a/b a/d; mv a/d a/e; chmod 600 a/b; rm -r a',
      ]);
      watched.python(
        'from socket import *\nu=socket(AF_INET,SOCK_DGRAM); u.bind(("127.0.0.1",0)); u.sendto(b"",u.getsockname())',
      );
      const kinds = new Set<string>();
      for (const { kind, values } of watched.records()) {
        kinds.add(kind);
        const allowed = sensorFields(kind);
        for (const field of Object.keys(values)) assert.ok(allowed.includes(field), `${field} of ${kind}`);
      }
      assert.ok(kinds.size >= 12, [...kinds].join(' '));
      assert.not(kinds.has('cap'));
    }),
);

kernelTest('probing says which kinds have a sensor here', NEEDS, () => {
  const found = probeSensors();
  assert.equal(Object.keys(found).sort(), [...SENSOR_KINDS].sort());
  for (const kind of ['exec', 'proc.fork', 'proc.exit', 'file.create']) assert.is(found[kind], null, kind);
});

test('every kind of the catalogue is one of the specification', () => {
  for (const kind of SENSOR_KINDS)
    assert.ok(
      KINDS.some(({ name }) => name === kind),
      kind,
    );
});

kernelTest('the size of a ring is rounded up to what the kernel takes', NEEDS, () => {
  const sensors = must(attachSensors({ kinds: ['exec'], ringBytes: 12345 }), 'sensors');
  assert.is(sensors.ringBytes, 16384);
  sensors.close();
});

test.run();
