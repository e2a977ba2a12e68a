/**
 * A workload that resolves names under a policy, with a resolver of its own that remembers what it was asked. Run in a network
 * and mounts of its own (`resolving.ts`), where the resolver is the one of /etc/resolv.conf.
 *
 * Standard input: `Scenario` as JSON. Standard output: `Resolved`.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { questionOf } from '../../../shim/sensors/queries.ts';
import { PYTHON } from '../../support/dns.ts';
import { inFolder, runUnder } from '../workload.ts';
import type { Resolved, Scenario } from './resolving.ts';

const ADDRESS = [127, 0, 0, 9];
const A = Uint8Array.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ADDRESS);
const asked: string[] = [];

/** Every name has the same address, and no other records. */
const answer = (message: Buffer, by: string): Buffer => {
  const question = questionOf(message);
  asked.push(question ? `${by} ${question.domain} ${question.type}` : `${by} unreadable`);
  const end = question ? message.indexOf(0, 12) + 5 : 12;
  const back = Buffer.concat([message.subarray(0, end), question?.type === 'A' ? A : Buffer.alloc(0)]);
  back.fill(0, 6, 12);
  back[2] |= 0x80;
  back[7] = question?.type === 'A' ? 1 : 0;
  return back;
};

const serve = async (type: 'udp4' | 'udp6', address: string): Promise<void> => {
  const udp = createSocket({ type, ipv6Only: type === 'udp6' });
  udp.bind(53, address);
  await once(udp, 'listening');
  udp.on('message', (message, from) => udp.send(answer(message, 'udp'), from.port, from.address));
  const tcp = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let length = 0; rest.length >= 2 && rest.length >= (length = 2 + rest.readUInt16BE());) {
        const back = answer(rest.subarray(2, length), 'tcp');
        socket.write(Buffer.concat([Buffer.of(back.length >> 8, back.length & 255), back]));
        rest = rest.subarray(length);
      }
    });
  }).listen(53, address);
  await once(tcp, 'listening');
};

const { policy, program, command }: Scenario = JSON.parse(readFileSync(0, 'utf8'));
await serve('udp4', '127.0.0.1');
await serve('udp6', '::1');
await inFolder(async (folder) => {
  writeFileSync(join(folder, 'program.py'), `${PYTHON}${program}`);
  const { exitCode, error, stdout, stderr, all, notices } = await runUnder(folder, policy, command);
  const records = all.map(({ action, effect, event, degraded, mechanism }) => {
    const { kind, net } = event as { kind: string; net?: { domain?: string; query_type?: string; protocol?: string } };
    const object = [net?.protocol, net?.domain, net?.query_type].filter(Boolean).join(' ');
    return [effect ?? action, kind, object, mechanism, degraded].filter(Boolean).join(', ');
  });
  const resolved: Resolved = { exitCode, error, stdout, stderr, notices, records, asked };
  writeSync(1, JSON.stringify(resolved));
});
// connections that were reset in the name of this server are not closed for it
process.exit();
