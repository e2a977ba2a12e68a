import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Calls with an address that Node has no name for; prints a line for each. */
const UNUSUAL = `
import ctypes, errno, os, socket, struct, sys
P = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
def say(name, call):
    try: print(name, call())
    except OSError as e: print(name, errno.errorcode[e.errno])
class Vector(ctypes.Structure): _fields_ = [('base', ctypes.c_char_p), ('size', ctypes.c_size_t)]
class Header(ctypes.Structure): _fields_ = [('name', ctypes.c_char_p), ('name_size', ctypes.c_uint), ('vectors', ctypes.POINTER(Vector)), ('count', ctypes.c_size_t), ('control', ctypes.c_void_p), ('control_size', ctypes.c_size_t), ('flags', ctypes.c_size_t), ('sent', ctypes.c_size_t)]
def address(port): return struct.pack('<H', 2) + struct.pack('>H', port) + socket.inet_aton('127.0.0.1') + bytes(8)
def many(*ports):
    vector = Vector(b'x', 1)
    headers = (Header * len(ports))(*[Header(p and address(p), 16 if p else 0, ctypes.pointer(vector), 1) for p in ports])
    sent = libc.sendmmsg(socket_of_many.fileno(), headers, len(ports), 0)
    return sent if sent >= 0 else errno.errorcode[ctypes.get_errno()]
socket_of_many = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print('three', many(P + 1, P + 2, P + 3))
print('second is denied', many(P + 1, P, P + 3))
print('first is denied', many(P, P + 1))
print('a hundred', many(*[P + 1 + i % 3 for i in range(100)]))
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); sink.bind(('127.0.0.1', P + 1)); socket_of_many.connect(('127.0.0.1', P + 1))
print('some without an address', many(None, P + 2, None))
server = socket.create_server(('127.0.0.1', P + 5))
tcp = lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
say('fast open', lambda: tcp().sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', P + 5)))
say('fast open, denied', lambda: tcp().sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', P)))
say('fast open flag of a datagram', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', P + 1)))
def listen(port):
    s = tcp(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); s.bind(('127.0.0.1', port)); s.listen(5)
    return s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
say('listen', lambda: listen(P + 6))
say('listen, denied', lambda: listen(P))
say('listen on a pipe', lambda: (libc.listen(os.pipe()[0], 1), errno.errorcode[ctypes.get_errno()])[1])
say('listen on nothing', lambda: (libc.listen(999, 1), errno.errorcode[ctypes.get_errno()])[1])
unix = socket.socket(socket.AF_UNIX); unix.bind('s'); unix.listen(1)
client = socket.socket(socket.AF_UNIX); client.connect('s')
peer = struct.unpack('3i', client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
print('peer of a unix client', peer[0] == os.getpid())
def denied():
    s = socket.socket(socket.AF_UNIX); s.bind('denied'); return s
secret = denied()
say('unix listen, denied', lambda: secret.listen(1))
os.symlink('denied', 'link'); os.symlink('.', 'folder')
here = os.open('.', os.O_RDONLY)
for path in ('denied', os.path.abspath('denied'), '../' + os.path.basename(os.getcwd()) + '//./denied', 'link', 'folder/denied', '/proc/self/cwd/denied', f'/proc/self/fd/{here}/denied'):
    say('unix, denied', lambda: socket.socket(socket.AF_UNIX).connect(path))
say('unix by descriptor', lambda: socket.socket(socket.AF_UNIX).connect(f'/proc/self/fd/{here}/s'))
say('unix by another process', lambda: socket.socket(socket.AF_UNIX).connect('/proc/1/cwd/s'))
say('unix, missing', lambda: socket.socket(socket.AF_UNIX).connect('missing'))
def bound(name):
    s = socket.socket(socket.AF_UNIX); s.bind(name); return len(s.getsockname())
say('abstract', lambda: bound('\\0lictor-test-' + str(P)))
say('abstract, denied', lambda: bound('\\0lictor-denied'))
say('chosen by the kernel', lambda: bound(''))
say('unix bind, denied', lambda: socket.socket(socket.AF_UNIX).bind('folder/taboo'))
say('a long unix path', lambda: libc.connect(socket.socket(socket.AF_UNIX).fileno(), b'\\1\\0' + b'a' * 120, 122) and errno.errorcode[ctypes.get_errno()])
say('dissolve', lambda: libc.connect(socket_of_many.fileno(), bytes(16), 16))
for name, kind, protocol in (('MPTCP', 1, 262), ('UDP-Lite', 2, 136), ('SCTP', 1, 132), ('ping', 2, 1), ('raw', 3, 255)):
    say(name, lambda: socket.socket(socket.AF_INET, kind, protocol) and 'made')
`;

kernelTest('unusual ways to name an address are decided like the usual ones', GUARD, () =>
  inFolder(async (folder) => {
    const port = 26_000 + (process.pid % 500) * 8;
    const rules = `
- {name: no-connect, on: net.connect, when: 'net.remote_port = ${port}', action: deny, errno: EACCES}
- {name: no-send, on: net.send, when: 'net.remote_port = ${port}', action: deny, errno: EHOSTUNREACH}
- {name: no-listen, on: net.listen, when: 'net.local_port = ${port} and net.protocol = "tcp"', action: deny, errno: EADDRINUSE}
- {name: no-path, on: net.connect, when: 'net.path = "${folder}/denied"', action: deny, errno: ECONNREFUSED}
- {name: no-unix-listen, on: net.listen, when: 'net.path = "${folder}/denied"', action: deny}
- {name: no-abstract, on: net.bind, when: 'net.path = "@lictor-denied"', action: deny, errno: EADDRINUSE}
- {name: no-unix-bind, on: net.bind, when: 'net.path = "${folder}/taboo"', action: deny}`;
    const { stdout, all, error } = await runUnder(folder, policy(rules), [
      ...['/usr/bin/python3', '-c', UNUSUAL, String(port)],
    ]);
    assert.is(error, null);
    assert.equal(stdout.trim().split('\n'), [
      'three 3',
      'second is denied 1',
      'first is denied EHOSTUNREACH',
      'a hundred 64',
      'some without an address 3',
      'fast open 1',
      'fast open, denied EACCES',
      'fast open flag of a datagram 1',
      'listen 1',
      'listen, denied EADDRINUSE',
      'listen on a pipe ENOTSOCK',
      'listen on nothing EBADF',
      'peer of a unix client True',
      'unix listen, denied EPERM',
      ...Array(7).fill('unix, denied ECONNREFUSED'),
      'unix by descriptor None',
      'unix by another process EACCES',
      'unix, missing ENOENT',
      'abstract 18',
      'abstract, denied EADDRINUSE',
      'chosen by the kernel 6',
      'unix bind, denied EPERM',
      'a long unix path EINVAL',
      'dissolve 0',
      ...['MPTCP', 'UDP-Lite', 'SCTP', 'ping'].map((name) => `${name} EPROTONOSUPPORT`),
      'raw EPERM',
    ]);
    assert.equal(
      all.map(({ rule }) => rule),
      [
        'no-send',
        'no-send',
        'no-connect',
        'no-listen',
        'no-unix-listen',
        ...Array(7).fill('no-path'),
        'no-abstract',
        'no-unix-bind',
      ],
    );
    for (const { rule, degraded } of all) assert.is(degraded === null, !rule?.startsWith('no-unix'), String(degraded));
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

/** A TCP connection that is used all the time; says in files whether it works. */
const FLOW = `
import os, socket, threading
server = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(server.getsockname())
other = server.accept()[0]
def echo():
    while True: other.sendall(other.recv(1))
threading.Thread(target=echo, daemon=True).start()
client.settimeout(0.3)
def works():
    try:
        client.send(b'x')
        return client.recv(100) != b''
    except OSError: return False
def until(state, name):
    while works() != state: pass
    open(name, 'w').close()
until(True, 'flows'); until(False, 'cut'); until(True, 'flows again')
`;

kernelTest('isolation cuts a connection that is in use, and it goes on when it is lifted', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: cut, on: file.read, when: 'file.name = "trigger"', action: isolate}`;
    const seen = async (name: string): Promise<void> => {
      while (!existsSync(join(folder, name))) await sleep(10);
    };
    let steps: Promise<void> = Promise.resolve();
    const { exitCode } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', FLOW], {
      onStart: (workload) => {
        const go = async (): Promise<void> => {
          await seen('flows');
          workload.isolate(true);
          await seen('cut');
          workload.isolate(false);
        };
        steps = go();
      },
    });
    await steps;
    assert.is(exitCode, 0);
    await seen('flows again');
  }),
);

test.run();
