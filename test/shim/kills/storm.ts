/**
 * One storm: a guarded workload that tries what is denied to it as often as it can, a death in the middle of it, and what
 * was reached and what was left behind afterwards.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';
import { cgroupMount } from '../../../shim/workloads/cgroup.ts';
import { compileC } from '../compile.ts';
import { inFolder, policy } from '../workload.ts';

/** What dies: a process by a signal, or the guard's thread by a word that its process is told. */
export type Death =
  | { readonly of: 'lictor' | 'launcher' | 'init'; readonly signal: NodeJS.Signals }
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
- {name: programs, on: exec, when: 'proc.path = "${folder}/forbidden"', action: deny}
- {name: port, on: net.connect, when: 'net.remote_port = ${deniedPort}', action: deny}
- {name: cut, on: file.read, when: 'file.path = "${folder}/trigger"', action: isolate}`);

/** Compiles the storm. @returns its path */
export const buildStorm = (folder: string): string =>
  compileC(join(import.meta.dirname, 'storm.c'), join(folder, 'storm'));

const text = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the process is gone
  }
};

const processes = (): readonly number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** Processes that were started with `marker` in their environment, threads' groups once each. */
const marked = (marker: string): readonly number[] =>
  processes().filter((pid) => text(`/proc/${pid}/environ`).split('\0').includes(marker));

const childOf = (pid: number): number => Number(text(`/proc/${pid}/task/${pid}/children`).split(' ')[0]);

const libbpf = koffi.load('libbpf.so.1');
const BY_ID = {
  prog_id: libbpf.func('int bpf_prog_get_fd_by_id(uint32_t id)'),
  link_id: libbpf.func('int bpf_link_get_fd_by_id(uint32_t id)'),
  map_id: libbpf.func('int bpf_map_get_fd_by_id(uint32_t id)'),
} as const;
const closeFd = koffi.load('libc.so.6').func('int close(int fd)');

interface KernelObject {
  readonly sort: keyof typeof BY_ID;
  readonly id: number;
}

/** BPF programs, links and maps that a process has open. */
const objectsOf = (pid: number): readonly KernelObject[] => {
  try {
    return readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
      const info = text(`/proc/${pid}/fdinfo/${fd}`);
      return (Object.keys(BY_ID) as (keyof typeof BY_ID)[]).flatMap((sort) => {
        const id = new RegExp(`^${sort}:\t(\\d+)$`, 'm').exec(info)?.[1];
        return id === undefined ? [] : [{ sort, id: Number(id) }];
      });
    });
  } catch {
    return []; // it is gone
  }
};

const stands = ({ sort, id }: KernelObject): boolean => {
  const fd: number = BY_ID[sort](id);
  if (fd >= 0) closeFd(fd);
  return fd >= 0;
};

/** What a run of Lictor has made: looked at before its death, looked for after it. */
class Traces {
  readonly #objects: readonly KernelObject[];
  readonly #namespaces: readonly string[];

  constructor(
    readonly lictor: number,
    readonly marker: string,
  ) {
    this.#objects = objectsOf(lictor);
    const init = childOf(childOf(lictor));
    this.#namespaces = init ? ['mnt', 'pid'].map((name) => this.#namespace(init, name)).filter(Boolean) : [];
  }

  /** @returns what is there still, a line each. Fanotify groups and their marks live no longer than the processes. */
  left(): readonly string[] {
    const parent = join(cgroupMount()!, 'lictor');
    const cgroups = existsSync(parent) ? readdirSync(parent) : [];
    return [
      ...marked(this.marker).map((pid) => `process ${pid}: ${text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
      ...processes()
        .filter((pid) => ['mnt', 'pid'].some((name) => this.#namespaces.includes(this.#namespace(pid, name))))
        .map((pid) => `process ${pid} in a namespace of the workload`),
      ...cgroups.filter((name) => name.startsWith(`${this.lictor}-`)).map((name) => `cgroup ${name}`),
      ...this.#objects.filter(stands).map(({ sort, id }) => `BPF ${sort} ${id}`),
    ];
  }

  /** Name of a namespace that is not this process's own, else empty. */
  #namespace(pid: number, name: string): string {
    try {
      const link = readlinkSync(`/proc/${pid}/ns/${name}`);
      return link === readlinkSync(`/proc/self/ns/${name}`) ? '' : link;
    } catch {
      return '';
    }
  }
}

const die = (lictor: ChildProcess, death: Death): void => {
  if (death.of === 'guard') {
    lictor.stdin!.write(`${death.word}\n`);
    return;
  }
  const launcher = childOf(lictor.pid!);
  const pid = { lictor: lictor.pid!, launcher, init: launcher && childOf(launcher) }[death.of];
  if (pid) process.kill(pid, death.signal);
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

const until = async (done: () => boolean, ms: number): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(EVERY_MS)) if (done()) return true;
  return done();
};

/** What was reached although it is denied, a line each. */
const reached = (folder: string, connections: number, datagrams: number): readonly string[] => [
  ...text(join(folder, 'evidence')).split('\n').filter(Boolean),
  ...(text(join(folder, 'sealed')) === SEALED ? [] : ['the sealed file was emptied']),
  ...(connections === 0 ? [] : [`${connections} connections to the denied port`]),
  ...(datagrams === 0 ? [] : [`${datagrams} datagrams out of the isolated workload`]),
];

/**
 * @param program of `buildStorm`
 * @returns what was reached, what was left behind, what else went wrong: empty where all is well
 */
export const storm = async (program: string, { death, after, from, isolated }: Storm): Promise<readonly string[]> => {
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
  await inFolder(async (folder) => {
    const files = { secret: 'secret\n', public: 'public\n', sealed: SEALED, trigger: '', evidence: '' };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    copyFileSync(program, join(folder, 'forbidden'));
    const marker = `LICTOR_STORM=${randomBytes(8).toString('hex')}`;
    const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
    const ports = [DISCARD, port, ...(isolated ? [outside.address().port] : [])];
    const lictor = spawn(
      process.execPath,
      ['--import', 'tsx', victim, folder, policyOf(folder, port), program, folder, ...ports.map(String)],
      { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, LICTOR_STORM: marker.split('=')[1] } },
    );
    lictor.stdin!.on('error', () => {}); // it is gone
    const ended = new Promise<void>((resolve) => lictor.once('close', () => resolve()));
    if (from === 'storm' && !(await until(() => existsSync(join(folder, 'started')), BEGUN_WITHIN_MS)))
      problems.push('the storm did not begin');
    await sleep(after);
    const traces = new Traces(lictor.pid!, marker);
    die(lictor, death);
    if (!(await until(() => traces.left().length === 0, GONE_WITHIN_MS)))
      problems.push(...traces.left().map((what) => `left behind: ${what}`));
    if (lictor.exitCode === null) lictor.kill('SIGKILL');
    await ended;
    problems.push(...reached(folder, connections, datagrams).map((what) => `reached: ${what}`));
  });
  server.close();
  outside.close();
  return problems;
};
