/** Socket operations of a watched child, on loopback and unix sockets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { watching, type Seen, type Watched } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;
const KINDS = ['net.connect', 'net.send', 'net.bind', 'net.listen', 'net.accept'];

const address = (value: unknown): string => {
  const hex = Buffer.from(String(value), 'latin1').toString('hex');
  return hex.startsWith('00000000000000000000ffff')
    ? Buffer.from(hex.slice(24), 'hex').join('.')
    : hex.replace(/^0+/, '::');
};

/** Kind, family or protocol, local and remote end; ports by the names that `ports` gives them. */
const line = (watched: Watched, { kind, values }: Seen, ports: Map<bigint, string>): string => {
  const end = (ip: string, port: string): string[] => {
    const number = values[`net.${port}`] as bigint | undefined;
    if (number === undefined) return [];
    if (!ports.has(number)) ports.set(number, String.fromCharCode(65 + ports.size));
    return [`${address(values[`net.${ip}`])}:${ports.get(number)!}`];
  };
  return [
    kind.slice(4),
    values['net.protocol'] ?? values['net.family'],
    ...end('local_ip', 'local_port'),
    ...(values['net.remote_ip'] === undefined ? [] : ['to', ...end('remote_ip', 'remote_port')]),
    ...(values['net.path'] === undefined ? [] : [String(values['net.path']).replace(`${watched.folder}/`, '')]),
  ].join(' ');
};

const seen = (program: string, expected: readonly string[]): void =>
  watching({ kinds: KINDS }, (watched) => {
    watched.python(`import os\nfrom socket import *\n${program}`);
    const ports = new Map<bigint, string>();
    assert.equal(
      watched.records().map((record) => line(watched, record, ports)),
      expected,
    );
  });

for (const [family, ip, text] of [
  ['AF_INET', '127.0.0.1', '127.0.0.1'],
  ['AF_INET6', '::1', '::1'],
  ['AF_INET6', '::ffff:127.0.0.1', '127.0.0.1'],
] as const)
  kernelTest(`TCP and UDP on ${ip}`, NEEDS, () =>
    seen(
      `
l=socket(${family}); l.bind(("${ip}",0)); l.listen(); to=l.getsockname()[:2]
c=socket(${family}); c.connect(to); s,_=l.accept()
u=socket(${family},SOCK_DGRAM); u.bind(("${ip}",0)); u.sendto(b"x",to); u.sendmsg([b"x"],[],0,to); u.connect(to); u.send(b"x")`,
      [
        `bind tcp ${text}:A`,
        `listen tcp ${text}:A`,
        `connect tcp ${text}:B to ${text}:A`,
        `accept tcp ${text}:A to ${text}:B`,
        `bind udp ${text}:C`,
        `send udp to ${text}:A`,
        `send udp to ${text}:A`,
        `connect udp ${text}:C to ${text}:A`,
      ],
    ),
  );

kernelTest('unix sockets: by path as it resolves, by abstract name, without a name', NEEDS, () =>
  seen(
    `
os.mkdir("d"); os.symlink("d","way")
l=socket(AF_UNIX); l.bind("way/s"); l.listen(); c=socket(AF_UNIX); c.connect("way/s"); l.accept()
l=socket(AF_UNIX); l.bind("\\0name"); l.listen(); c=socket(AF_UNIX); c.connect("\\0name")
g=socket(AF_UNIX,SOCK_DGRAM); g.bind("g"); c=socket(AF_UNIX,SOCK_DGRAM); c.sendto(b"x","g")
a,b=socketpair(); a.send(b"x")`,
    [
      'bind unix d/s',
      'listen unix d/s',
      'connect unix d/s',
      'accept unix d/s',
      'bind unix @name',
      'listen unix @name',
      'connect unix @name',
      'bind unix g',
      'send unix g',
    ],
  ),
);

kernelTest('a connect that is under way counts, one that is dissolved or refused does not', NEEDS, () =>
  seen(
    `
import ctypes
l=socket(AF_INET); l.bind(("127.0.0.1",0)); l.listen()
c=socket(AF_INET); c.setblocking(False); c.connect_ex(l.getsockname())
u=socket(AF_INET,SOCK_DGRAM); u.connect(l.getsockname()); ctypes.CDLL(None).connect(u.fileno(),bytes(16),16)
dead=socket(AF_INET); dead.bind(("127.0.0.1",0)); socket(AF_INET).connect_ex(dead.getsockname())`,
    [
      'bind tcp 127.0.0.1:A',
      'listen tcp 127.0.0.1:A',
      'connect tcp 127.0.0.1:B to 127.0.0.1:A',
      'connect udp 127.0.0.1:C to 127.0.0.1:A',
      'bind tcp 127.0.0.1:D',
    ],
  ),
);

kernelTest('several datagrams of one call', NEEDS, () =>
  seen(
    `
import ctypes,struct
u=socket(AF_INET,SOCK_DGRAM); u.bind(("127.0.0.1",0)); port=u.getsockname()[1]
name=ctypes.create_string_buffer(struct.pack("=HH4s8x",AF_INET,htons(port),inet_aton("127.0.0.1")))
iov=ctypes.create_string_buffer(struct.pack("PN",ctypes.addressof(name),1))
one=struct.pack("PIxxxxPNPNixxxxIxxxx",ctypes.addressof(name),16,ctypes.addressof(iov),1,0,0,0,0)
assert len(one)==64
assert ctypes.CDLL(None).sendmmsg(u.fileno(),ctypes.create_string_buffer(one*3),3,0)==3`,
    ['bind udp 127.0.0.1:A', ...new Array<string>(3).fill('send udp to 127.0.0.1:A')],
  ),
);

test.run();
