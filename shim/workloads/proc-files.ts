/** What `/proc` says of a process. Reading allocates: it is done when a process starts a program, not for each event. */
import { STAT, type Kernel } from '../kernel/kernel.ts';
import { subjectOfStat } from '../sensors/subject.ts';
import { streamsOf } from './descriptor-types.ts';
import { NOTHING, type Identity, type Image, type Text } from './process.ts';

const SMALL = new Uint8Array(8192);
const LARGE = new Uint8Array(16385);
const STATUS = new Uint8Array(STAT.size);
const STATUS_VIEW = new DataView(STATUS.buffer);
/** (uid_t)-1 and the unset session id of the audit system. */
const UNSET = 0xffffffff;

const text = (kernel: Kernel, pid: number, name: string): string => {
  const size = kernel.procFile(pid, name, SMALL);
  return size <= 0 ? '' : Buffer.from(SMALL.buffer, 0, size).toString('latin1');
};

const link = (kernel: Kernel, pid: number, name: string): Text => {
  const size = kernel.procLink(pid, name, SMALL);
  return size <= 0 ? NOTHING : SMALL.slice(0, size);
};

const audit = (value: string): number => {
  const number = Number(value || UNSET);
  return number === UNSET ? -1 : number;
};

/** @returns the process that a thread belongs to, 0 if it is gone */
export const processOf = (kernel: Kernel, tid: number): number =>
  Number(/^Tgid:\t(\d+)/m.exec(text(kernel, tid, 'status'))?.[1] ?? 0);

export const isThreadOf = (kernel: Kernel, pid: number, tid: number): boolean =>
  kernel.procFile(pid, `task/${tid}/comm`, SMALL) >= 0;

/** @returns the key of its facts, null if it is gone */
export const readKey = (kernel: Kernel, pid: number): bigint | null => subjectOfStat(text(kernel, pid, 'stat'));

/** @returns null if the process is gone */
export const readIdentity = (kernel: Kernel, pid: number, users: ReadonlyMap<number, Text>): Identity | null => {
  const status = text(kernel, pid, 'status');
  const numbers = (name: string): number[] =>
    (new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? '').split('\t').map(Number);
  const [uid, euid] = numbers('Uid');
  if (status === '' || uid === undefined || euid === undefined) return null;
  const caps = /^CapEff:\t(\w{8})(\w{8})$/m.exec(status);
  const permitted = /^CapPrm:\t(\w{8})(\w{8})$/m.exec(status);
  // "PID (COMM) S PPID PGRP SESSION TTY …": COMM may contain anything, so count from the last parenthesis
  const stat = text(kernel, pid, 'stat');
  const [, , group, , tty] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const comm = text(kernel, pid, 'comm');
  return {
    ppid: numbers('PPid')[0],
    uid,
    euid,
    gid: numbers('Gid')[0],
    comm: Buffer.from(comm.replace(/\n$/, ''), 'latin1'),
    cwd: link(kernel, pid, 'cwd'),
    user: users.get(uid) ?? NOTHING,
    loginuid: audit(text(kernel, pid, 'loginuid')),
    session: audit(text(kernel, pid, 'sessionid')),
    interactive: Number(tty ?? 0) !== 0,
    capsLow: parseInt(caps?.[2] ?? '0', 16),
    capsHigh: parseInt(caps?.[1] ?? '0', 16),
    permittedLow: parseInt(permitted?.[2] ?? '0', 16),
    permittedHigh: parseInt(permitted?.[1] ?? '0', 16),
    // One number for each namespace, the innermost last.
    vpid: numbers('NSpid').at(-1) || 0,
    groupLeader: Number(group) === pid,
  };
};

/** Strings with a zero byte behind each, as many as a list may have. */
const strings = (kernel: Kernel, pid: number, name: string): { readonly bytes: Text; readonly cut: boolean } => {
  const size = Math.max(0, kernel.procFile(pid, name, LARGE));
  return { bytes: LARGE.slice(0, Math.min(size, LARGE.length - 1)), cut: size === LARGE.length };
};

/**
 * The program that a process runs now, and its streams as they are now; how it was invoked is not in `/proc`.
 *
 * @param environment somebody asks for it
 */
export const readImage = (kernel: Kernel, pid: number, environment: boolean): Image => {
  const path = link(kernel, pid, 'exe');
  const args = strings(kernel, pid, 'cmdline');
  const env = environment ? strings(kernel, pid, 'environ') : null;
  const found = kernel.procStatus(pid, 'exe', STATUS) >= 0;
  return {
    path,
    invoked: NOTHING,
    script: NOTHING,
    args: args.bytes,
    argsCut: args.cut,
    env: env?.bytes ?? NOTHING,
    envCut: env?.cut ?? false,
    upper: null,
    owner: found ? STATUS_VIEW.getUint32(STAT.uid, true) : -1,
    mode: found ? STATUS_VIEW.getUint32(STAT.mode, true) & 0o7777 : -1,
    streams: streamsOf(kernel, pid, pid, false),
  };
};
