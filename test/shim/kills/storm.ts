/**
 * One storm: a guarded workload that tries what is denied to it as often as it can, a death in the middle of it, and what
 * was reached and what was left behind afterwards.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCgroup, removeCgroup } from '../../../shim/workloads/cgroup.ts';
import { compileC } from '../compile.ts';
import { inFolder, policy } from '../workload.ts';
import { childOf, text, Traces } from './traces.ts';

type Mortal = 'lictor' | 'launcher' | 'init';

/** What dies: a process by a signal, or the guard's thread by a word that its process is told. */
export type Death =
  | { readonly of: Mortal; readonly signal: NodeJS.Signals }
  /** All of them at once, one right after the other. */
  | { readonly of: readonly Mortal[]; readonly signal: NodeJS.Signals }
  | { readonly of: 'guard'; readonly word: 'terminate' | 'fanotify' };

export interface Storm {
  readonly death: Death;
  /** Milliseconds after the storm began, or after Lictor was started. */
  readonly after: number;
  readonly from: 'storm' | 'start';
  /** Its network is cut, and a process of it sends all the same. */
  readonly isolated?: boolean;
}

/** How long what dies may take to be gone, and what starts to stand, on a machine that does other things. */
const GONE_WITHIN_MS = 10_000;
const BEGUN_WITHIN_MS = 60_000;
const EVERY_MS = 10;

/** A port that nobody listens at. */
const DISCARD = 9;
const SEALED = 'sealed\n';

const policyOf = (folder: string, deniedPort: number): string =>
  policy(`
- {name: secrets, on: file.read, when: 'file.path = "${folder}/secret"', action: deny}
- {name: seal, on: file.write, when: 'file.path = "${folder}/sealed"', action: deny}
- {name: keep, on: [file.write, file.delete, file.rename, file.link, file.attr], when: 'file.path = "${folder}/kept" or file.other_path = "${folder}/kept"', action: deny}
- {name: closed, on: [file.create, file.rename, file.link], when: 'file.path within "${folder}/shut" or file.other_path within "${folder}/shut"', action: deny}
- {name: modes, on: [file.attr, file.write], when: 'file.path = "${folder}/secret"', action: deny}
- {name: programs, on: exec, when: 'proc.path = "${folder}/forbidden"', action: deny}
- {name: port, on: net.connect, when: 'net.remote_port = ${deniedPort}', action: deny}
- {name: names, on: net.dns, when: 'net.domain = "denied.test"', action: deny}
- {name: cut, on: file.read, when: 'file.path = "${folder}/trigger"', action: isolate}`);

/** Compiles the storm. @returns its path */
export const buildStorm = (folder: string): string =>
  compileC(join(import.meta.dirname, 'storm.c'), join(folder, 'storm'));

const die = (lictor: ChildProcess, death: Death): void => {
  if (death.of === 'guard') {
    lictor.stdin!.write(`${death.word}\n`);
    return;
  }
  const launcher = childOf(lictor.pid!);
  const pids = { lictor: lictor.pid!, launcher, init: launcher && childOf(launcher) };
  for (const pid of [death.of].flat().map((mortal) => pids[mortal])) {
    try {
      if (pid) process.kill(pid, death.signal);
    } catch {
      // it died with the one before
    }
  }
};

const startAgain = (): void => {
  const made = makeCgroup(`${process.pid}-again`);
  if ('path' in made) removeCgroup(made.path);
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

const until = async (done: () => boolean, ms: number): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(EVERY_MS)) if (done()) return true;
  return done();
};

/** What no denied call may change: of a file all but when it was read, of a folder what is in it. */
const state = (folder: string): unknown => {
  const file = (name: string): readonly unknown[] => {
    const { ino, mode, nlink, mtimeMs, ctimeMs } = lstatSync(join(folder, name));
    return [name, ino, mode, nlink, mtimeMs, ctimeMs, text(join(folder, name))];
  };
  return [file('kept'), file('secret'), readdirSync(join(folder, 'shut'))];
};

/** What was reached although it is denied, a line each. */
const reached = (folder: string, connections: number, datagrams: number, names: number): readonly string[] => [
  ...text(join(folder, 'evidence')).split('\n').filter(Boolean),
  ...(text(join(folder, 'sealed')) === SEALED ? [] : ['the sealed file was emptied']),
  ...(connections === 0 ? [] : [`${connections} connections to the denied port`]),
  ...(names === 0 ? [] : [`${names} queries for the denied name`]),
  ...(datagrams === 0 ? [] : [`${datagrams} datagrams out of the isolated workload`]),
];

/**
 * @param program of `buildStorm`
 * @returns what was reached, what was left behind, what else went wrong: empty where all is well
 */
export const storm = async (
  program: string,
  { death, after: ms, from, isolated }: Storm,
): Promise<readonly string[]> => {
  const problems: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const port = await listening(server);
  let datagrams = 0;
  const outside = createSocket('udp4', () => datagrams++);
  await new Promise<void>((resolve) => outside.bind(0, '127.0.0.1', resolve));
  let names = 0;
  const resolver = createSocket('udp4', (message) => (names += message.includes('denied') ? 1 : 0));
  const address = `127.${[84, ...randomBytes(2)].join('.')}`;
  await new Promise<void>((resolve) => resolver.bind(53, address, resolve));
  await inFolder(async (folder) => {
    const files = { secret: 'secret\n', public: 'public\n', sealed: SEALED, kept: 'kept\n', trigger: '', evidence: '' };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    for (const name of ['shut', 'free']) mkdirSync(join(folder, name));
    const before = JSON.stringify(state(folder));
    copyFileSync(program, join(folder, 'forbidden'));
    const marker = `LICTOR_STORM=${randomBytes(8).toString('hex')}`;
    const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
    const ports = [DISCARD, port, address, ...(isolated ? [outside.address().port] : [])];
    const lictor = spawn(
      process.execPath,
      ['--import', 'tsx', victim, folder, policyOf(folder, port), program, folder, ...ports.map(String)],
      { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, LICTOR_STORM: marker.split('=')[1] } },
    );
    lictor.stdin!.on('error', () => {}); // it is gone
    const ended = new Promise<void>((resolve) => lictor.once('close', () => resolve()));
    if (from === 'storm' && !(await until(() => existsSync(join(folder, 'started')), BEGUN_WITHIN_MS)))
      problems.push('the storm did not begin');
    await sleep(ms);
    const traces = new Traces(lictor.pid!, marker);
    die(lictor, death);
    // nobody is left who could remove it: the next start does
    if (typeof death.of !== 'string') {
      if (!(await until(() => !existsSync(`/proc/${lictor.pid}`), GONE_WITHIN_MS))) problems.push('Lictor lives on');
      await until(() => traces.processes().length === 0, GONE_WITHIN_MS);
      startAgain();
    }
    if (!(await until(() => traces.left().length === 0, GONE_WITHIN_MS)))
      problems.push(...traces.left().map((what) => `left behind: ${what}`));
    traces.close();
    if (lictor.exitCode === null) lictor.kill('SIGKILL');
    await ended;
    problems.push(...reached(folder, connections, datagrams, names).map((what) => `reached: ${what}`));
    const after = JSON.stringify(existsSync(join(folder, 'kept')) ? state(folder) : 'nothing is kept');
    if (after !== before) problems.push(`changed: ${before} to ${after}`);
  });
  server.close();
  outside.close();
  resolver.close();
  return problems;
};
