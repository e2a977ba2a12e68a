/** Everything of the kernel that one guard holds: taken together, given back together, also when one part fails. */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { kernelErrorText } from '../kernel/bpf-error.ts';
import { Epoll, EventFd } from '../kernel/epoll.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Layers } from '../kernel/layers.ts';
import { linuxMarks, type Marks } from '../kernel/marks.ts';
import { Performer } from '../kernel/performer.ts';
import { linuxPermissionEvents, type PermissionEvents } from '../kernel/permission-events.ts';
import { openRing, type Ring } from '../kernel/ring.ts';
import { attachSensors, PathSettler, type Sensors } from '../sensors/index.ts';
import { WORKLOAD_KEY, type GuardConfig } from './config.ts';
import { refuseStorage } from './devices.ts';
import { Interrupts } from './interrupts.ts';
import { ExecBinding } from './exec-binding.ts';
import { SocketGate } from './gate.ts';
import { Queries } from './queries.ts';

/** Says why the guard cannot stand; caught by the worker. */
export class GuardError extends Error {}

export interface Attached {
  /** What wakes the guard beside opens and calls. */
  readonly epoll: Epoll;
  /** Null: no socket operation is asked for. */
  readonly gate: SocketGate | null;
  /** Null: no rule reads what a program is started with. */
  readonly execBinding: ExecBinding | null;
  /** Null: no call waits here. */
  readonly interrupts: Interrupts | null;
  /** Null: DNS queries are not held. */
  readonly queries: Queries | null;
  readonly sensors: Sensors;
  readonly ring: Ring;
  readonly settler: PathSettler;
  /** Null: no rule reads layers of overlays. */
  readonly layers: Layers | null;
  /** Null: no call is performed. */
  readonly performing: Performing | null;
  /** Null: no open asks. */
  readonly opens: PermissionEvents | null;
  /** Own descriptors, -1: none. */
  readonly fanotify: number;
  readonly listener: number;
  /** Null: no decisions are kept in the kernel. */
  readonly caching: Caching | null;
  close(): void;
}

export interface Performing {
  readonly performer: Performer;
  readonly wake: EventFd;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;

/** The performer, with descriptors of its own: `/proc` of the host, the workload's root, what wakes this thread. */
const openPerformer = (init: number, listener: number, layers: Layers | null): Performing & { close(): void } => {
  const created = EventFd.create();
  if ('error' in created) throw new GuardError(kernelErrorText(created.error));
  const wake = created.eventfd;
  const proc = openSync('/proc', FOLDER);
  const root = openSync(`/proc/${init}/root`, FOLDER | 0o10000000);
  const release = (): void => {
    closeSync(root);
    closeSync(proc);
    wake.close();
  };
  const opened = Performer.open({ listener, proc, root, wake: wake.fd, layers: layers?.program ?? null });
  if ('error' in opened) {
    release();
    throw new GuardError(kernelErrorText(opened.error));
  }
  const { performer } = opened;
  const close = (): void => {
    performer.close();
    release();
  };
  return { performer, wake, close };
};

/** What keeping decisions in the kernel takes. */
export interface Caching {
  readonly marks: Marks;
  /** The group that hears of renames. */
  readonly notices: number;
  /** The workload's root. */
  readonly root: number;
  /** Of the workload, one char a byte. */
  readonly mountinfo: string;
}

/** Processes are always followed: their facts belong to every question. */
const FOLLOWED = ['exec', 'proc.fork', 'proc.exit'];

const attachGate = ({ needs, cgroup, management }: GuardConfig): SocketGate | null => {
  const operations = (['connect', 'bind', 'send'] as const).filter((name) => needs[name]);
  if (operations.length === 0 && !needs.isolation) return null;
  const attached = SocketGate.attach({ cgroup, operations, isolation: needs.isolation, management });
  if ('error' in attached) throw new GuardError(`cannot guard sockets: ${attached.error}`);
  return attached.gate;
};

/** Rules about paths hold only where nobody reads and writes below them. */
const attachDevices = ({ needs, cgroup }: GuardConfig): void => {
  if (!(needs.reads || needs.writes || needs.exec || needs.tree || needs.attr)) return;
  const error = refuseStorage(cgroup, readFileSync('/proc/devices', 'latin1'));
  if (error !== null) throw new GuardError(`cannot keep the workload from devices below file systems: ${error}`);
};

const attachBinding = (kernel: Kernel, { needs, cgroup }: GuardConfig): ExecBinding | null => {
  if (needs.bound.length === 0) return null;
  const attached = ExecBinding.attach(kernel, cgroup, needs.bound);
  if ('error' in attached)
    throw new GuardError(`cannot hold programs to what they were started with: ${attached.error}`);
  return attached.execBinding;
};

const attachInterrupts = ({ needs }: GuardConfig): Interrupts | null => {
  if (!needs.accept) return null;
  const attached = Interrupts.attach();
  if ('error' in attached) throw new GuardError(`cannot watch for signals: ${attached.error}`);
  return attached.interrupts;
};

const openLayers = ({ needs }: GuardConfig): Layers | null => {
  if (!needs.programLayer && !needs.objectLayer) return null;
  const opened = Layers.open();
  if ('error' in opened) throw new GuardError(`cannot tell layers of overlays: ${kernelErrorText(opened.error)}`);
  return opened.layers;
};

const attachAll = ({ needs, syscalls }: GuardConfig): Sensors => {
  const { observed, unasked } = needs;
  const kinds = [...new Set([...FOLLOWED, ...observed, ...unasked])];
  const held = needs.queries ? ['net.dns'] : [];
  const attached = attachSensors({ kinds, held, unasked, syscalls, fields: needs.wanted });
  if ('error' in attached) throw new GuardError(`cannot observe the workload: ${kernelErrorText(attached.error)}`);
  return attached.sensors;
};

const openQueries = (kernel: Kernel, { needs }: GuardConfig, sensors: Sensors): Queries | null => {
  if (!needs.queries) return null;
  const opened = Queries.open(kernel, sensors.object('dns'));
  if ('error' in opened) throw new GuardError(`cannot decide DNS queries: ${opened.error}`);
  return opened.queries;
};

const EBADF = 9;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** A duplicate of a descriptor of the workload's processes. */
const take = (kernel: Kernel, pid: number, fd: number, what: string): number => {
  if (fd < 0) return -1;
  const pidfd = kernel.pidfdOpen(pid);
  let own = pidfd < 0 ? pidfd : kernel.pidfdTake(pidfd, fd);
  // the listener is announced just before it is there: afterwards the filter would ask about the announcement
  for (let tries = 0; own === -EBADF && tries < 1000; tries++) {
    Atomics.wait(PAUSE, 0, 0, 1);
    own = kernel.pidfdTake(pidfd, fd);
  }
  if (pidfd >= 0) kernel.close(pidfd);
  if (own < 0) throw new GuardError(`cannot take ${what}: errno ${-own}`);
  return own;
};

const openEvents = (group: number): PermissionEvents => {
  const opened = linuxPermissionEvents(group);
  if ('error' in opened) throw new GuardError(kernelErrorText(opened.error));
  return opened.events;
};

/** @returns null: nothing is kept, and every open asks */
const cachingOf = ({ notices, init }: GuardConfig): Caching | null => {
  if (notices === null) return null;
  const marks = linuxMarks();
  const root = marks.openRoot(init);
  return root < 0 ? null : { marks, notices, root, mountinfo: readFileSync(`/proc/${init}/mountinfo`, 'latin1') };
};

/** @throws GuardError; then nothing is held */
export const attach = (kernel: Kernel, config: GuardConfig): Attached => {
  const closers: (() => void)[] = [];
  const close = (): void => {
    for (const one of closers.splice(0).reverse()) one();
  };
  const held = <T>(part: T, closer: () => void): T => {
    closers.push(closer);
    return part;
  };
  try {
    attachDevices(config);
    const gate = attachGate(config);
    if (gate) held(gate, () => gate.close());
    const execBinding = attachBinding(kernel, config);
    if (execBinding) held(execBinding, () => execBinding.close());
    const interrupts = attachInterrupts(config);
    if (interrupts) held(interrupts, () => interrupts.close());
    const sensors = attachAll(config);
    held(sensors, () => sensors.close());
    const queries = openQueries(kernel, config, sensors);
    if (queries) held(queries, () => queries.close());
    const watched = sensors.watch(config.cgroup, BigInt(WORKLOAD_KEY));
    if (watched) throw new GuardError(kernelErrorText(watched));
    const opened = openRing(sensors.ringFd, sensors.ringBytes);
    if ('error' in opened) throw new GuardError(kernelErrorText(opened.error));
    const ring = held(opened.ring, () => opened.ring.close());
    const settler = new PathSettler(`/proc/${config.init}/root`);
    held(settler, () => settler.close());
    const fanotify = take(kernel, config.init, config.fanotify, 'the fanotify group');
    held(fanotify, () => fanotify >= 0 && kernel.close(fanotify));
    const opens = fanotify < 0 ? null : openEvents(fanotify);
    held(opens, () => opens?.close());
    const listener = take(kernel, config.first, config.listener, 'the seccomp listener');
    held(listener, () => listener >= 0 && kernel.close(listener));
    const layers = openLayers(config);
    held(layers, () => layers?.close());
    const objectLayers = config.needs.objectLayer ? layers : null;
    const performing =
      config.needs.tree || config.needs.attr ? openPerformer(config.init, listener, objectLayers) : null;
    held(performing, () => performing?.close());
    const caching = fanotify < 0 ? null : cachingOf(config);
    if (caching) held(caching, () => kernel.close(caching.root));
    const created = Epoll.create();
    if ('error' in created) throw new GuardError(kernelErrorText(created.error));
    const epoll = held(created.epoll, () => created.epoll.close());
    const wakers = [interrupts?.ring.fd ?? -1, performing?.wake.fd ?? -1, caching?.notices ?? -1, config.wake];
    for (const fd of [ring.fd, ...wakers]) {
      const error = fd < 0 ? null : epoll.add(fd);
      if (error) throw new GuardError(kernelErrorText(error));
    }
    return {
      epoll,
      gate,
      execBinding,
      interrupts,
      queries,
      sensors,
      ring,
      settler,
      layers,
      performing,
      opens,
      fanotify,
      listener,
      caching,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
};
