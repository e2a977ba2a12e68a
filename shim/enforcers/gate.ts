/** The socket gate and the isolation switch of one cgroup: BPF programs attached to it, and their maps. */
import { closeSync, openSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, type BpfObject } from '../kernel/bpf.ts';
import { encodeStruct, GATE_OPERATIONS, layoutOf, sumCounters } from '../sensors/layout.ts';
import type { Gate, GateOperation } from './calls.ts';

const PROGRAMS: Readonly<Record<GateOperation, readonly string[]>> = {
  connect: ['gate_connect4', 'gate_connect6'],
  bind: ['gate_bind4', 'gate_bind6'],
  send: ['gate_sendmsg4', 'gate_sendmsg6'],
};
const ISOLATION = ['isolate_ingress', 'isolate_egress'];
const TOKEN = layoutOf('token');

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

export class SocketGate implements Gate {
  readonly #key = new Uint32Array(1);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #token = new Uint8Array(TOKEN.size);
  readonly #tokenView = new DataView(this.#token.buffer);

  private constructor(readonly object: BpfObject) {}

  /** @returns the gate, attached; or why it cannot be */
  static attach(options: GateOptions): { readonly gate: SocketGate } | { readonly error: string } {
    const opened = openObject(assetPath('bpf/gate.bpf.o'));
    if ('error' in opened) return { error: kernelErrorText(opened.error) };
    const { spec } = opened;
    const wanted = [...options.operations.flatMap((name) => PROGRAMS[name]), ...(options.isolation ? ISOLATION : [])];
    for (const name of spec.programs()) if (!wanted.includes(name)) spec.omitProgram(name);
    const loaded = spec.load();
    if ('error' in loaded) return { error: kernelErrorText(loaded.error) };
    const gate = new SocketGate(loaded.object);
    const error = gate.#attach(options, wanted);
    if (error === null) return { gate };
    gate.close();
    return { error };
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

  allow(tid: number, operation: GateOperation, address: Uint8Array, port: number): boolean {
    this.#key[0] = tid;
    this.#tokenView.setUint32(TOKEN.offsets['operation'], GATE_OPERATIONS[operation], true);
    this.#tokenView.setUint32(TOKEN.offsets['port'], port, true);
    this.#token.set(address, TOKEN.offsets['address']);
    return this.object.map('tokens').update(this.#keyBytes, this.#token) === null;
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
