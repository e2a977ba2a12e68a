/** The socket gate and the isolation switch of one cgroup: BPF programs attached to it, and their maps. */
import { closeSync, openSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, type BpfObject, type KernelError } from '../kernel/bpf.ts';
import { encodeStruct, GATE_OPERATIONS, layoutOf, sumCounters } from '../sensors/layout.ts';
import type { SocketAddress } from './socket-address.ts';

export type GateOperation = keyof typeof GATE_OPERATIONS;

const PROGRAMS: Readonly<Record<GateOperation, readonly string[]>> = {
  connect: ['gate_connect4', 'gate_connect6'],
  bind: ['gate_bind4', 'gate_bind6'],
  send: ['gate_sendmsg4', 'gate_sendmsg6'],
};
const UNIX_PROGRAMS: Readonly<Record<GateOperation, readonly string[]>> = {
  connect: ['gate_unix_connect'],
  bind: [],
  send: ['gate_unix_sendmsg'],
};
/** BPF_CGROUP_UNIX_CONNECT and BPF_CGROUP_UNIX_SENDMSG of linux/bpf.h: Linux 6.7. */
const UNIX_ATTACH: Readonly<Record<string, number>> = { gate_unix_connect: 49, gate_unix_sendmsg: 50 };
const ISOLATION = ['isolate_ingress', 'isolate_egress'];
const KEY = layoutOf('token_key');
const TOKEN = layoutOf('token');
const PROTOCOL = { tcp: 6, mptcp: 262, none: 0xffff } as const;

/** A network that stays reachable in isolation: 16 bytes (IPv4 as ::ffff:a.b.c.d) and how many bits count. */
export interface Network {
  readonly address: Uint8Array;
  readonly bits: number;
}

export interface GateOptions {
  readonly cgroup: string;
  readonly operations: readonly GateOperation[];
  readonly isolation: boolean;
  readonly management: readonly Network[];
}

/** What the supervisor decided, for the kernel to compare. */
export class SocketGate {
  readonly #key = new Uint32Array(KEY.size / 4);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #first = new Uint8Array(TOKEN.size);
  readonly #other = new Uint8Array(TOKEN.size);

  private constructor(
    readonly object: BpfObject,
    /** Paths of unix sockets are compared too. */
    readonly unix: boolean,
  ) {}

  /** @returns the gate, attached; or why it cannot be */
  static attach(options: GateOptions): { readonly gate: SocketGate } | { readonly error: string } {
    const loaded = SocketGate.#load(options, true);
    if ('error' in loaded) return { error: kernelErrorText(loaded.error) };
    const { gate, programs } = loaded;
    const error = gate.#attach(options, programs);
    if (error === null) return { gate };
    gate.close();
    return { error };
  }

  /** Kernels before 6.7 do not know the programs for unix sockets: there they are left out. */
  static #load(
    options: GateOptions,
    unix: boolean,
  ): { readonly gate: SocketGate; readonly programs: readonly string[] } | { readonly error: KernelError } {
    const opened = openObject(assetPath('bpf/gate.bpf.o'));
    if ('error' in opened) return opened;
    const { spec } = opened;
    const programs = [
      ...options.operations.flatMap((name) => [...PROGRAMS[name], ...(unix ? UNIX_PROGRAMS[name] : [])]),
      ...(options.isolation ? ISOLATION : []),
    ];
    for (const name of spec.programs())
      if (!programs.includes(name)) spec.omitProgram(name);
      else if (name in UNIX_ATTACH) spec.setAttachType(name, UNIX_ATTACH[name]);
    const loaded = spec.load();
    if ('object' in loaded) return { gate: new SocketGate(loaded.object, unix), programs };
    return unix ? SocketGate.#load(options, false) : loaded;
  }

  #attach(options: GateOptions, wanted: readonly string[]): string | null {
    for (const { address, bits } of options.management) {
      const key = encodeStruct('prefix', { bits, address });
      const error = this.object.map('management').update(key, new Uint8Array(4));
      if (error) return kernelErrorText(error);
    }
    const cgroup = openSync(options.cgroup, 'r');
    try {
      for (const name of wanted) {
        const error = this.object.attachCgroup(name, cgroup);
        if (error) return kernelErrorText(error);
      }
      return null;
    } finally {
      closeSync(cgroup);
    }
  }

  /**
   * Writes what one message, or the only address, of a call may reach. Nothing passes before `open`.
   *
   * @param place of the message among those that name an address, from 0
   * @param protocol IPPROTO number of the socket; negative: not known, so that the kernel's is another
   * @returns whether the kernel took it
   */
  put(tid: number, place: number, operation: GateOperation, address: SocketAddress, protocol: number): boolean {
    const token = place === 0 ? this.#first : this.#other;
    const { offsets } = TOKEN;
    const set = (member: string, value: number): void => {
      token[offsets[member]] = value & 255;
      token[offsets[member] + 1] = value >>> 8;
    };
    const name = address.family === 'unix' ? address.name : address.ip;
    // paths are compared, whoever carries them: unix sockets have no protocols
    const number = address.family === 'unix' ? 0 : protocol === PROTOCOL.mptcp ? PROTOCOL.tcp : protocol;
    token.fill(0);
    set('operation', GATE_OPERATIONS[operation]);
    set('protocol', number < 0 ? PROTOCOL.none : number);
    set('port', address.family === 'unix' ? 0 : address.port);
    set('length', name.length);
    token.set(name, offsets['name']);
    return place === 0 || this.#write(tid, place, token);
  }

  /**
   * Lets the messages of a call pass that were put.
   * @param count of them, at least 1
   * @returns whether the kernel took it
   */
  open(tid: number, count: number): boolean {
    this.#first[TOKEN.offsets['more']] = count - 1;
    return this.#write(tid, 0, this.#first);
  }

  /** Takes back what an earlier call of the thread left behind because it failed before it came to the gate. */
  shut(tid: number): void {
    this.#key[0] = tid;
    this.#key[1] = 0;
    this.object.map('tokens').delete(this.#keyBytes);
  }

  #write(tid: number, place: number, token: Uint8Array): boolean {
    this.#key[0] = tid;
    this.#key[1] = place;
    return this.object.map('tokens').update(this.#keyBytes, token) === null;
  }

  /** @returns null, or why the switch did not move */
  isolate(on: boolean): string | null {
    const value = new Uint8Array(4);
    value[0] = on ? 1 : 0;
    const error = this.object.map('isolated').update(new Uint8Array(4), value);
    return error && kernelErrorText(error);
  }

  /** What the programs counted: passed, missing, mismatch, isolated. */
  counters(): Readonly<Record<string, number>> {
    const map = this.object.map('gate_counters');
    const values = new Uint8Array(map.lookupBytes);
    map.lookup(new Uint8Array(4), values);
    return sumCounters('gate_counters', values);
  }

  /** The programs stay with the cgroup: they refuse what has no token as long as a process of the workload may live. */
  close(): void {
    this.object.close();
  }
}
