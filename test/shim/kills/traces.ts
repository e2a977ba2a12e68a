/** What a run of Lictor leaves in the machine: processes, namespaces, cgroups, BPF objects. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { cgroupMount } from '../../../shim/workloads/cgroup.ts';

/** Content of a file, a char a byte; empty where there is none. */
export const text = (path: string): string => {
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

/** First child of a process, 0: none. */
export const childOf = (pid: number): number => Number(text(`/proc/${pid}/task/${pid}/children`).split(' ')[0]);

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

const NAMESPACES = ['mnt', 'pid'] as const;

const namespaceOf = (pid: number, name: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/ns/${name}`);
  } catch {
    return ''; // the process is gone
  }
};

/** @returns a descriptor of a process's namespace, if that is not this process's own too */
const openNamespace = (pid: number, name: string): readonly number[] => {
  try {
    return namespaceOf(pid, name) === namespaceOf(process.pid, name) ? [] : [openSync(`/proc/${pid}/ns/${name}`, 'r')];
  } catch {
    return []; // the process is gone
  }
};

/** What a run of Lictor has made: looked at before its death, looked for after it. */
export class Traces {
  readonly #objects: readonly KernelObject[];
  readonly #namespaces: readonly string[];
  /** Open: the number of a namespace that is gone can be that of a new one. */
  readonly #held: readonly number[];

  constructor(
    readonly lictor: number,
    readonly marker: string,
  ) {
    this.#objects = objectsOf(lictor);
    const init = childOf(childOf(lictor));
    this.#held = init ? NAMESPACES.flatMap((name) => openNamespace(init, name)) : [];
    this.#namespaces = this.#held.map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
  }

  close(): void {
    this.#held.forEach((fd) => closeSync(fd));
  }

  /** @returns what is there still, a line each. Fanotify groups and their marks live no longer than the processes. */
  left(): readonly string[] {
    const parent = join(cgroupMount()!, 'lictor');
    const cgroups = existsSync(parent) ? readdirSync(parent) : [];
    return [
      ...this.processes(),
      ...cgroups.filter((name) => name.startsWith(`${this.lictor}-`)).map((name) => `cgroup ${name}`),
      ...this.#objects.filter(stands).map(({ sort, id }) => `BPF ${sort} ${id}`),
    ];
  }

  /** @returns its processes that live, a line each */
  processes(): readonly string[] {
    return [
      ...marked(this.marker).map((pid) => `process ${pid}: ${text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
      ...processes()
        .filter((pid) => NAMESPACES.some((name) => this.#namespaces.includes(namespaceOf(pid, name))))
        .map((pid) => `process ${pid} in a namespace of the workload`),
    ];
  }
}
