/** Objects, maps and errors through libbpf. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, UPDATE } from '../../shim/kernel/bpf.ts';
import { attachSensors } from '../../shim/sensors/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { must } from './watched.ts';

const NEEDS = ['root', 'bpf'] as const;
const gate = () => must(openObject(assetPath('bpf/gate.bpf.o')), 'spec');

kernelTest('a file that is missing or no object is an error with its errno', NEEDS, () => {
  const missing = openObject('/nonexistent.bpf.o');
  assert.is('error' in missing && missing.error.code, 'ENOENT');
  const folder = mkdtempSync(join(tmpdir(), 'lictor-test-'));
  writeFileSync(join(folder, 'x.bpf.o'), 'not an object');
  const broken = openObject(join(folder, 'x.bpf.o'));
  assert.ok('error' in broken && broken.error.errno > 0);
  rmSync(folder, { recursive: true });
});

kernelTest('what the kernel refuses is an error that says what was tried', NEEDS, () => {
  const spec = gate();
  assert.is(spec.resizeMap('tokens', 0xffffffff), null);
  const loaded = spec.load();
  assert.ok('error' in loaded);
  assert.match(kernelErrorText(loaded.error), /^cannot load `gate\.bpf\.o`: E[A-Z0-9]+/);
});

kernelTest('a map takes, gives, lists and forgets values; sizes are checked', NEEDS, () => {
  const object = must(gate().load(), 'object');
  try {
    const tokens = object.map('tokens');
    const key = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    const value = new Uint8Array(tokens.valueBytes).fill(7);
    const into = new Uint8Array(tokens.lookupBytes);
    assert.not(tokens.lookup(key, into));
    assert.is(tokens.update(key, value), null);
    assert.ok(tokens.lookup(key, into));
    assert.equal(into, value);
    assert.is(tokens.update(key, value, UPDATE.create)?.code, 'EEXIST');
    assert.equal([...tokens.keys()], [key]);
    assert.is(tokens.delete(key), null);
    assert.is(tokens.delete(key), null);
    assert.not(tokens.lookup(key, into));
    assert.throws(() => tokens.lookup(new Uint8Array(3), into), /BUG/);
    assert.throws(() => object.map('nothing'), /BUG/);
  } finally {
    object.close();
  }
});

kernelTest('closing leaves no program and no descriptor behind', NEEDS, async () => {
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const bpf = koffi.load('libbpf.so.1');
  const byId = bpf.func('bpf_prog_get_fd_by_id', 'int', ['uint32_t']);
  const kinds = ['exec', 'proc.exit', 'file.create', 'net.connect', 'cap'];
  must(attachSensors({ kinds }), 'sensors').close(); // what libraries keep open, they have open now
  const before = descriptors();
  const sensors = must(attachSensors({ kinds }), 'sensors');
  const info = readFileSync(`/proc/self/fdinfo/${sensors.object('process').programFd('exit_process')}`, 'utf8');
  const id = Number(/^prog_id:\s*(\d+)/m.exec(info)![1]);
  sensors.close();
  assert.ok(descriptors() <= before, 'more descriptors than before'); // others of this process may end meanwhile
  // The kernel frees a program after the last processor has left it.
  let left = 0;
  for (let tries = 0; tries < 100; tries++) {
    left = byId(id);
    if (left < 0) break;
    koffi.load('libc.so.6').func('close', 'int', ['int'])(left);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(left < 0, 'the program is gone');
});

test.run();
