/** DNS queries of a guarded workload: decided before they leave, whatever call sends them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { resolving } from './dns/resolving.ts';
import { GUARD, policy } from './workload.ts';

const RULES = `- {name: evil, on: net.dns, when: 'net.domain = "evil.test" or net.domain endswith ".evil.test"', action: deny}`;

/** `ask(send, socket, name)` prints what became of a query. */
const ASK = `
import time
v4,v6,mapped=("127.0.0.1",53),("::1",53),("::ffff:127.0.0.1",53)
def udp(to):
 s=socket(AF_INET6 if ":" in to[0] else AF_INET,SOCK_DGRAM); s.settimeout(5); return s
def heard(s,name):
 try: print(name,["fine",0,0,0,0,"refused"][s.recv(999)[3]&15],flush=True)
 except OSError as e: print(name,type(e).__name__,flush=True)
def tcp(to,name):
 s=socket(AF_INET6 if ":" in to[0] else AF_INET); s.settimeout(5)
 try: s.connect(to); s.sendall(framed(name)); print(name,"fine" if s.recv(999)[5]&15==0 else "refused",flush=True)
 except OSError as e: print(name,type(e).__name__,flush=True)
`;

kernelTest('a denied query does not leave by any call, an allowed one is answered', GUARD, async () => {
  const { stdout, stderr, error, asked, records, notices } = await resolving(
    policy(RULES),
    `${ASK}
for i,to in enumerate((v4,v6,mapped)):
 for name in (f"sendto{i}.test",f"sendto{i}.evil.test"): s=udp(to); s.sendto(query(name),to); heard(s,name)
 for name in (f"sendmsg{i}.test",f"sendmsg{i}.evil.test"): s=udp(to); s.sendmsg([query(name)[:5],query(name)[5:]],[],0,to); heard(s,name)
 for name in (f"send{i}.test",f"send{i}.evil.test"): s=udp(to); s.connect(to); s.send(query(name)); heard(s,name)
 for name in (f"write{i}.test",f"write{i}.evil.test"): s=udp(to); s.connect(to); os.write(s.fileno(),query(name)); heard(s,name)
 s=udp(to); s.connect(to); sendmmsg(s,[query(f"mmsg{i}.evil.test"),query(f"mmsg{i}.test",28)]); heard(s,"mmsg"); heard(s,"mmsg")
 for name in (f"tcp{i}.test",f"tcp{i}.evil.test"): tcp(to,name)
s=udp(v4); s.setsockopt(0,11,1); s.connect(v4); s.send(query("errors.test")); heard(s,"errors.test")
s=udp(v6); s.setsockopt(41,25,1); s.connect(v6); s.send(query("errors.test")); heard(s,"errors.test")`,
  );
  assert.equal([stderr, error, notices], ['', null, []]);
  const calls = ['sendto', 'sendmsg', 'send', 'write'];
  const each = <T>(make: (i: number) => readonly T[]): T[] => [0, 1, 2].flatMap(make);
  assert.equal(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/^mmsg .*/, 'mmsg')),
    [
      ...each((i) => [
        ...calls.flatMap((call) => [`${call}${i}.test fine`, `${call}${i}.evil.test refused`]),
        ...['mmsg', 'mmsg', `tcp${i}.test fine`, `tcp${i}.evil.test ConnectionResetError`],
      ]),
      ...['errors.test fine', 'errors.test fine'],
    ],
  );
  assert.equal(asked, [
    ...each((i) => [...calls.map((call) => `udp ${call}${i}.test A`), `udp mmsg${i}.test AAAA`, `tcp tcp${i}.test A`]),
    ...['udp errors.test A', 'udp errors.test A'],
  ]);
  assert.equal(
    records,
    each((i) => [
      ...[...calls, 'mmsg'].map((call) => `deny, net.dns, udp ${call}${i}.evil.test A, cgroup`),
      `deny, net.dns, tcp tcp${i}.evil.test A, cgroup`,
    ]),
  );
});

kernelTest('the resolver of glibc gets its answers, and is refused at once', GUARD, async () => {
  const script = 'for name in good.test evil.test also.good.test; do getent ahosts $name || echo none; done';
  const { stdout, asked, error } = await resolving(policy(RULES), '', ['sh', '-c', script]);
  assert.is(error, null);
  assert.equal(
    stdout.split('\n').map((line) => line.split(/\s+/)[0]),
    [...new Array<string>(3).fill('127.0.0.9'), 'none', ...new Array<string>(3).fill('127.0.0.9'), ''],
  );
  assert.equal(
    [...asked].sort(),
    ['also.good.test', 'good.test'].flatMap((name) => [`udp ${name} A`, `udp ${name} AAAA`]),
  );
});

kernelTest('what cannot be read does not leave', GUARD, async () => {
  const { asked, records, stderr } = await resolving(
    policy(RULES),
    `${ASK}
d=query("big.test"); s=udp(v4); s.connect(v4)
s.send(b"x"); s.send(d+bytes(1300)); s.send(d[:2]+b"\\x81"+d[3:]); s.setsockopt(IPPROTO_UDP,103,len(d)); s.send(query("evil.test")+query("evil.test"))
t=socket(AF_INET); t.setsockopt(IPPROTO_TCP,TCP_NODELAY,1); t.connect(v4); m=framed("split.test"); t.send(m[:9]); time.sleep(0.1); t.send(m[9:])
f=open("message","w+b"); f.write(framed("file.test")); f.flush()
z=socket(AF_INET); z.connect(v4); os.sendfile(z.fileno(),f.fileno(),0,99)
time.sleep(0.5); s=udp(v4); s.connect(v4); s.send(query("last.test")); heard(s,"last")`,
  );
  assert.is(stderr, '');
  assert.equal(
    asked.filter((line) => !line.includes('split.test')),
    ['udp last.test A'],
  );
  assert.ok(records.length >= 6);
  for (const record of records) assert.match(record, /^allow, net\.dns, (udp|tcp), cgroup, .*not sent$/);
});

kernelTest('a socket that is connected anew is asked about anew', GUARD, async () => {
  const { asked, stderr } = await resolving(
    policy(RULES),
    `${ASK}
c=socket(AF_INET); c.settimeout(5); resets=0
for i in range(8):
 c.connect(v4); c.sendall(framed("good.test")); c.recv(99)
 ctypes.CDLL(None).connect(c.fileno(),bytes(16),16)
 try: c.connect(v4); c.sendall(framed("evil.test")); c.recv(99)
 except ConnectionResetError: resets+=1
 ctypes.CDLL(None).connect(c.fileno(),bytes(16),16)
assert resets==8, resets`,
  );
  assert.is(stderr, '');
  assert.equal(asked, new Array<string>(8).fill('tcp good.test A'));
});

kernelTest('a buffer that another thread changes is sent as it was decided', GUARD, async () => {
  const { asked, stderr } = await resolving(
    policy(RULES),
    `${ASK}
import threading
good,evil=query("good.test"),query("evil.test")
buffer=bytearray(good); over=False
def change():
 while not over: buffer[:]=evil; buffer[:]=good
threads=[threading.Thread(target=change) for _ in range(2)]
for t in threads: t.start()
s=udp(v4); s.connect(v4); z=udp(v4); z.setsockopt(SOL_SOCKET,60,1); z.connect(v4)
for i in range(2000):
 s.send(buffer)
 try: z.send(buffer,0x4000000)
 except OSError: pass
 if i%50==0: time.sleep(0.005)
over=True
time.sleep(0.5); s.send(query("end.test"))
time.sleep(0.2)`,
  );
  assert.is(stderr, '');
  assert.ok(asked.includes('udp end.test A'));
  assert.ok(asked.filter((line) => line === 'udp good.test A').length > 10);
  for (const line of asked) assert.ok(['udp good.test A', 'udp end.test A'].includes(line), line);
});

kernelTest('an isolated workload asks nothing more, a killed one neither', GUARD, async () => {
  const cut = await resolving(
    policy(`- {name: cut, on: net.dns, when: 'net.domain = "evil.test"', action: isolate}`),
    `${ASK}
for name in ("good.test","evil.test","late.test"): s=udp(v4); s.settimeout(1); s.connect(v4); s.send(query(name)) if name!="late.test" else None; heard(s,name)`,
  );
  assert.equal(cut.asked, ['udp good.test A']);
  const killed = await resolving(
    policy(`- {name: kill, on: net.dns, when: 'net.domain = "evil.test"', action: kill}`),
    `${ASK}
s=udp(v4); s.connect(v4); s.send(query("evil.test")); time.sleep(5); s.send(query("late.test"))`,
  );
  assert.is(killed.exitCode, 137);
  assert.equal(killed.asked, []);
});

kernelTest('policies of the library decide names live', GUARD, async () => {
  const text = readFileSync(join(import.meta.dirname, '../../policies/crypto-miners.yaml'), 'utf8');
  const { asked, records, stdout } = await resolving(
    text,
    `${ASK}
for name in ("xmr.NanoPool.org","nanopool.example"): s=udp(v4); s.connect(v4); s.send(query(name)); heard(s,name)`,
  );
  assert.equal(asked, ['udp nanopool.example A']);
  assert.equal(records, ['deny, net.dns, udp xmr.nanopool.org A, cgroup']);
  assert.is(stdout, 'xmr.NanoPool.org refused\nnanopool.example fine\n');
});

kernelTest('a policy that only observes changes nothing', GUARD, async () => {
  const { asked, records, stdout } = await resolving(
    policy(RULES, 'mode: observe'),
    `${ASK}
s=udp(v4); s.connect(v4); s.send(query("evil.test")); heard(s,"evil"); tcp(v4,"evil.test")`,
  );
  assert.equal(asked, ['udp evil.test A', 'tcp evil.test A']);
  assert.is(stdout, 'evil fine\nevil.test fine\n');
  assert.is(records.length, 2);
});

test.run();
