/** The socket gate: nothing without a token, one operation with it, no packet in isolation. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';
import { openObject } from '../../shim/kernel/bpf.ts';
import { encodeStruct, GATE_OPERATIONS, sumCounters } from '../../shim/sensors/layout.ts';
import { kernelTest } from '../support/kernel.ts';
import { must } from './watched.ts';

const LOOPBACK = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1);
const UDP = 17;
const UDP_LITE = 136;
const word = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);

/** Sends to the port that a line names and says how that went; says its thread id first. */
const SENDER = `import socket,sys,threading
print(threading.get_native_id(),flush=True)
u=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
for line in sys.stdin:
 try: u.sendto(b"x",("127.0.0.1",int(line))); print("sent",flush=True)
 except OSError as e: print(e.errno,flush=True)`;

kernelTest(
  'a send passes once with a token of its address, else never; isolated, no packet leaves',
  ['root', 'bpf', 'cgroup'],
  async () => {
    const root = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))![1];
    const cgroup = mkdtempSync(join(root, 'lictor-test-'));
    const object = must(must(openObject(assetPath('bpf/gate.bpf.o')), 'spec').load(), 'object');
    const folder = openSync(cgroup, 'r');
    const child = spawn('sh', ['-c', 'echo $$ > "$0/cgroup.procs"; exec python3 -S -c "$1"', cgroup, SENDER]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    const send = (port: number): Promise<string> => {
      child.stdin.write(`${port}\n`);
      return next();
    };
    try {
      for (const program of ['gate_sendmsg4', 'isolate_egress']) assert.is(object.attachCgroup(program, folder), null);
      const thread = Number(await next());
      const allow = (port: number, protocol = UDP) =>
        object.map('tokens').update(
          encodeStruct('token_key', { thread }),
          encodeStruct('token', {
            ...{ operation: GATE_OPERATIONS.send, protocol, port, length: LOOPBACK.length, name: LOOPBACK },
          }),
        );
      assert.is(await send(9), '1', 'no token: EPERM');
      assert.is(allow(9), null);
      assert.is(await send(9), 'sent');
      assert.is(await send(9), '1', 'the token is used up');
      allow(10);
      assert.is(await send(9), '1', 'a token for another port');
      assert.is(await send(10), '1', 'is gone as well');
      allow(9, UDP_LITE);
      assert.is(await send(9), '1', 'a token for a socket of another protocol');
      object.map('isolated').update(word(0), word(1));
      allow(9);
      assert.is(await send(9), '1', 'isolated');
      object.map('management').update(encodeStruct('prefix', { bits: 104, address: LOOPBACK }), word(1));
      allow(9);
      assert.is(await send(9), 'sent', 'but for 127.0.0.0/8');
      const counters = object.map('gate_counters');
      const values = new Uint8Array(counters.lookupBytes);
      counters.lookup(word(0), values);
      assert.equal(sumCounters('gate_counters', values), { passed: 3, missing: 3, mismatch: 2, isolated: 1 });
    } finally {
      child.stdin.end();
      await ended;
      object.close();
      closeSync(folder);
      rmdirSync(cgroup);
    }
  },
);

test.run();
