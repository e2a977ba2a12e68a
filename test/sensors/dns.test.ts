/** DNS queries of a watched child, on loopback: what leaves for port 53, by whatever call, and what is read from it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECORD_FLAGS } from '../../vm/spec/index.ts';
import { questionOf } from '../../shim/sensors/queries.ts';
import { kernelTest } from '../support/kernel.ts';
import { message, PYTHON } from '../support/dns.ts';
import { Random } from '../generators/random.ts';
import { watching, type Seen } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;

const line = ({ flags, values }: Seen): string =>
  [
    values['net.protocol'],
    Buffer.from(String(values['net.remote_ip']), 'latin1').toString('hex').replace(/^0+/, ''),
    values['net.remote_port'],
    ...((flags & RECORD_FLAGS.incomplete) !== 0
      ? ['incomplete']
      : [values['net.domain'], values['net.query_type'], values['proc.comm']]),
  ].join(' ');

const seen = (program: string, expected: readonly string[]): void =>
  watching({ kinds: ['net.dns'] }, (watched) => {
    watched.python(`${PYTHON}alone()\n${program}`);
    assert.equal(watched.records().map(line), expected);
  });

for (const [family, ip, hex] of [
  ['AF_INET', '127.83.0.1', 'ffff7f530001'],
  ['AF_INET6', '::1', '1'],
  ['AF_INET6', '::ffff:127.83.0.1', 'ffff7f530001'],
] as const) {
  const udp = (domain: string, type = 'A'): string => `udp ${hex} 53 ${domain} ${type} python3`;
  kernelTest(`UDP to ${ip}: sendto, sendmsg, send, write, sendmmsg`, NEEDS, () =>
    seen(
      `
to=("${ip}",53); r=receiver(${family},to)
u=socket(${family},SOCK_DGRAM); u.sendto(query("Send.To"),to); u.sendmsg([query("send.")[:9],query("send.msg",16)[9:]],[],0,to)
u.sendto(query("elsewhere"),("${ip}",54)); u.connect(to); u.send(query("send",28))
o=socket(${family},SOCK_DGRAM); o.connect(to); os.write(o.fileno(),query("write",65)); sendmmsg(o,[query("a.b"),query("a.b",28)])`,
      [
        udp('send.to'),
        udp('send.msg', 'TXT'),
        udp('send', 'AAAA'),
        udp('write', 'TYPE65'),
        udp('a.b'),
        udp('a.b', 'AAAA'),
      ],
    ),
  );
  const tcp = (domain: string): string => `tcp ${hex} 53 ${domain} A python3`;
  kernelTest(`TCP to ${ip}: one message a segment, several, a child of who connected`, NEEDS, () =>
    seen(
      `
to=("${ip}",53); l=listener(${family},to)
c=socket(${family}); c.connect(to); c.sendall(framed("one")); c.sendall(framed("two")+framed("three"))
if os.fork()==0: c.sendall(framed("child")); os._exit(0)
os.wait()`,
      ['one', 'two', 'three'].map(tcp).concat(tcp('child').replace(' python3', ' ')),
    ),
  );
}

kernelTest('what cannot be read is told as such, once', NEEDS, () =>
  seen(
    `
to=("127.83.0.2",53); r=receiver(AF_INET,to); u=socket(AF_INET,SOCK_DGRAM); u.connect(to); d=query("a.b")
u.send(b"x"); u.send(d[:-1]); u.send(d+bytes(1300)); u.send(d[:2]+b"\\x81"+d[3:]); u.send(d)
u.setsockopt(IPPROTO_UDP,103,len(d)); u.send(d+d)
s=socket(AF_INET6,SOCK_DGRAM); s.setsockopt(IPPROTO_IPV6,IPV6_DSTOPTS,b"\\0\\0\\1\\4\\0\\0\\0\\0"); s.sendto(d,("::1",53))
l=listener(AF_INET,to)
c=socket(AF_INET); c.setsockopt(IPPROTO_TCP,TCP_NODELAY,1); c.connect(to); m=framed("split"); c.send(m[:9]); c.send(m[9:])`,
    [
      ...new Array<string>(4).fill('udp ffff7f530002 53 incomplete'),
      'udp ffff7f530002 53 a.b A python3',
      'udp ffff7f530002 53 incomplete',
      'udp 1 53 incomplete',
      ...new Array<string>(2).fill('tcp ffff7f530002 53 incomplete'),
    ],
  ),
);

const SENT = `
alone(); to=("127.83.0.3",53)
def arrived():
 n=0
 try:
  while r.recv(999,MSG_DONTWAIT): n+=1
 except BlockingIOError: return n
r=receiver(AF_INET,to); l=listener(AF_INET,to)
u=socket(AF_INET,SOCK_DGRAM); u.connect(to); u.send(query("a.b")); sendmmsg(u,[query("a.b"),b"x"])
c=socket(AF_INET); c.connect(to); c.sendall(framed("a.b")); s,_=l.accept(); s.settimeout(0.7)
try: print(arrived(),"and",len(s.recv(99)))
except TimeoutError: print(arrived(),"and nothing")
`;

for (const [what, ringBytes] of [
  ['nobody answers', 1 << 20],
  ['there is no room to tell of it', 4096],
] as const)
  kernelTest(`a query that is held stays where ${what}, and when the sensors are gone`, NEEDS, () =>
    watching({ kinds: ['net.dns'], held: ['net.dns'], ringBytes }, (watched) => {
      const sent = (): string => watched.run('/usr/bin/python3', ['-S', '-c', `${PYTHON}${SENT}`]).stdout.trim();
      assert.is(sent(), '0 and nothing');
      const flags = watched.records().map(({ flags }) => flags & ~RECORD_FLAGS.incomplete);
      for (const flag of flags) assert.is(flag, RECORD_FLAGS.synchronous);
      const { emitted, lost } = watched.sensors.counters()['net.dns'];
      assert.is(emitted, flags.length);
      assert.ok(ringBytes > 4096 ? lost === 0 && emitted >= 4 : lost >= 3);
      watched.sensors.close();
      assert.is(sent(), '0 and nothing');
    }),
  );

kernelTest('a query that is not held leaves', NEEDS, () =>
  watching({ kinds: ['net.dns'], ringBytes: 4096 }, (watched) => {
    assert.match(watched.run('/usr/bin/python3', ['-S', '-c', `${PYTHON}${SENT}`]).stdout, /^3 and \d+$/m);
    assert.ok(watched.sensors.counters()['net.dns'].lost > 0);
  }),
);

test('names are lower case, with what is no printable character as its number', () => {
  const asked = (...labels: readonly string[]): unknown => questionOf(message(labels, 255));
  assert.equal(asked('WWW', 'Example', 'com'), { domain: 'www.example.com', type: 'ANY' });
  assert.equal(asked(), { domain: '', type: 'ANY' });
  assert.equal(asked('a.b\\', ' \0\xff*_-'), { domain: 'a\\.b\\\\.\\032\\000\\255*_-', type: 'ANY' });
  const label = 'x'.repeat(63);
  assert.is((asked(label, label, label, 'x'.repeat(61)) as { domain: string }).domain.length, 253);
  assert.is(asked(label, label, label, 'x'.repeat(62)), null);
});

test('only queries with one whole question are read', () => {
  const whole = message(['a', 'b'], 1);
  const changed = (at: number, value: number): Uint8Array =>
    Uint8Array.from(whole, (byte, i) => (i === at ? value : byte));
  assert.ok(questionOf(whole));
  for (let length = 0; length < whole.length; length++) assert.is(questionOf(whole.subarray(0, length)), null);
  for (const [at, value] of [
    [2, 0x81], // a response
    [5, 0], // questions
    [5, 2],
    [4, 1],
    [12, 0xc0], // a pointer
    [12, 64], // a reserved kind of label
  ])
    assert.is(questionOf(changed(at, value)), null);
});

test('no bytes make the reader throw, or write more than there is room for', () => {
  const random = new Random(20261122);
  for (let i = 0; i < 20_000; i++) {
    const bytes = message(['a', 'b'], 1, random.below(300));
    for (let changes = random.below(8); changes > 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
    const question = questionOf(bytes);
    assert.ok(question === null || (question.domain.length <= 1016 && question.type.length <= 9));
  }
});

test.run();
