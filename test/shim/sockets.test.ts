import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

/** Prints what each attempt came to: `ok`, or the errno's name. */
const ATTEMPTS = `
const net = require('node:net'), dgram = require('node:dgram');
const done = (name) => (error) => console.log(name, error ? error.code : 'ok');
const connect = (host, port) => new Promise((end) => {
  const socket = net.connect({ host, port, autoSelectFamily: false });
  const finish = (error) => { done('connect ' + host)(error); socket.destroy(); end(); };
  socket.once('connect', () => finish()).once('error', finish);
});
const bind = (type, host, port) => new Promise((end) => {
  const socket = dgram.createSocket(type);
  const finish = (error) => { done('bind ' + host)(error); socket.close(); end(); };
  socket.once('error', finish);
  socket.bind({ port, address: host, exclusive: true }, () => finish());
});
const send = (type, host, port) => new Promise((end) => {
  const socket = dgram.createSocket(type);
  socket.send('x', port, host, (error) => { done('send ' + host)(error); socket.close(); end(); });
});
(async () => {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::ffff:127.0.0.1']) await connect(host, 4001);
  await connect('127.0.0.1', 4002);
  for (const [type, host] of [['udp4', '127.0.0.1'], ['udp6', '::1']]) { await bind(type, host, 4003); await bind(type, host, 4004); }
  for (const [type, host] of [['udp4', '127.0.0.1'], ['udp6', '::1']]) { await send(type, host, 4005); await send(type, host, 4006); }
})();
`;

kernelTest('connect, bind and UDP send are refused over IPv4 and IPv6, the rest passes', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `
- {name: no-connect, on: net.connect, when: 'net.remote_port = 4001 and net.private', action: deny, errno: EACCES}
- {name: no-bind, on: net.bind, when: 'net.local_port = 4003', action: deny, errno: EADDRINUSE}
- {name: no-send, on: net.send, when: 'net.remote_port = 4005 and net.protocol = "udp"', action: deny}`;
    const { stdout, all, error } = await runUnder(folder, policy(rules), [process.execPath, '-e', ATTEMPTS]);
    assert.is(error, null);
    assert.equal(stdout.trim().split('\n'), [
      ...['127.0.0.1', '::1', '0.0.0.0', '::ffff:127.0.0.1'].map((host) => `connect ${host} EACCES`),
      'connect 127.0.0.1 ECONNREFUSED',
      ...['127.0.0.1', '::1'].flatMap((host) => [`bind ${host} EADDRINUSE`, `bind ${host} ok`]),
      ...['127.0.0.1', '::1'].flatMap((host) => [`send ${host} EPERM`, `send ${host} ok`]),
    ]);
    assert.equal(
      all.map(({ rule, mechanism, degraded }) => [rule, mechanism, degraded]),
      [...Array(4).fill('no-connect'), ...Array(2).fill('no-bind'), ...Array(2).fill('no-send')].map((rule) => [
        ...[rule, 'seccomp', null],
      ]),
    );
  }),
);

/** A thread exchanges the port while another one connects. */
const RACE = `
import ctypes, socket, threading, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
address = ctypes.create_string_buffer(struct.pack('<H', 2) + struct.pack('>H', 4002) + socket.inet_aton('127.0.0.1') + bytes(8), 16)
stop = False
def flip():
    while not stop:
        address[2:4] = struct.pack('>H', 4001)
        address[2:4] = struct.pack('>H', 4002)
sys.setswitchinterval(1e-6)
thread = threading.Thread(target=flip); thread.start()
for i in range(2000):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if libc.connect(s.fileno(), address, 16) == 0 and s.getpeername()[1] == 4001: print('reached')
    s.close()
stop = True; thread.join(); print('done')
`;

kernelTest('a thread that changes the address after the decision reaches nothing', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: no-connect, on: net.connect, when: 'net.remote_port = 4001', action: deny}`;
    const { stdout } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', RACE]);
    assert.is(stdout, 'done\n');
  }),
);

kernelTest('isolate cuts the network but for the management addresses, kill and stop end processes', GUARD, () =>
  inFolder(async (folder) => {
    const code = `
const dgram = require('node:dgram'), fs = require('node:fs');
const send = (host) => new Promise((end) => {
  const socket = dgram.createSocket('udp4');
  socket.send('x', 4010, host, (error) => { console.log(host, error ? error.code : 'ok'); socket.close(); end(); });
});
(async () => {
  await send('127.0.0.1'); await send('127.0.0.2');
  try { fs.readFileSync('trigger'); } catch (error) { console.log(error.code); }
  await send('127.0.0.1'); await send('127.0.0.2');
})();`;
    const rules = `
- {name: cut, on: file.read, when: 'file.name = "trigger"', action: isolate}
- {name: killer, on: file.read, when: 'file.name = "deadly"', action: kill}
- {name: stopper, on: file.read, when: 'file.name = "final"', action: stop}`;
    const script = `touch trigger deadly final; ${process.execPath} -e "$CODE"; cat deadly; echo $?; (sleep 0.2; echo late) & cat final; sleep 5; echo never`;
    const { stdout, exitCode, all } = await runUnder(folder, policy(rules), ['sh', '-c', script], {
      management: ['127.0.0.2'],
      env: { ...process.env, CODE: code },
    });
    assert.equal(stdout.trim().split('\n'), [
      ...['127.0.0.1 ok', '127.0.0.2 ok', 'EPERM', '127.0.0.1 EPERM', '127.0.0.2 ok', '137'],
    ]);
    assert.is(exitCode, 137);
    assert.equal(
      all.map(({ rule, effect }) => [rule, effect]),
      [
        ['cut', 'isolate'],
        ['killer', 'kill'],
        ['stopper', 'stop'],
      ],
    );
  }),
);

test.run();
