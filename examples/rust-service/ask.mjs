/** Posts events to a service, prints its answers, and lets it exchange its bundle. Usage: node ask.mjs URL PID BUNDLE NEXT-BUNDLE */
import { copyFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const [url, pid, bundle, next] = process.argv.slice(2);

const ask = async (body) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/verdict`, { method: 'POST', headers, body: text });
  console.log(`${text.length > 100 ? `${text.slice(0, 60)}… (${text.length} bytes)` : text}`);
  const said = await response.text();
  console.log(`  ${response.status} ${said}`);
  return said;
};

const shell = { kind: 'exec', proc: { path: '/usr/bin/bash', interactive: true } };
await ask(shell);
await ask({ kind: 'file.read', proc: { path: '/usr/bin/cc' }, file: { path: '/srv/ann/.ssh/id_ed25519' } });
await ask({ kind: 'file.read', 'proc.path': '/usr/bin/cc', 'file.path': '/srv/src/main.c' });
await ask({ kind: 'net.connect', net: { remote_ip: '10.1.2.3', remote_port: 443 } });
await ask({ kind: 'net.connect', net: { remote_ip: '192.0.2.1', remote_port: 443 } });
await ask({ kind: 'file.eat' });
await ask({ kind: 'file.read', file: { pathh: '/etc/shadow' } });
await ask({ kind: 'net.connect', net: { remote_ip: 'localhost' } });
await ask({ kind: 'file.read', file: { path: '/a'.repeat(3000) } });
await ask({ kind: 'file.read', 'file.path': '/a', file: { path: '/b' } });
await ask('{"kind": "exec"');
// just above the limit, so that all of it is read before the answer
await ask({ kind: 'exec', proc: { args: Array(64).fill('x'.repeat(1024)) } });

console.log('\nthe bundle is exchanged');
copyFileSync(next, bundle);
const before = JSON.stringify(shell);
process.kill(Number(pid), 'SIGHUP');
for (let i = 0; i < 500; i++) {
  const headers = { 'content-type': 'application/json' };
  const answer = await (await fetch(`${url}/verdict`, { method: 'POST', headers, body: before })).json();
  if (answer.rule === null) break;
  await setTimeout(10);
}
await ask(shell);
