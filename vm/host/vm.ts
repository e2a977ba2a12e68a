/** One instance of the Wasm module: memory and handles, hidden from callers. */
/// <reference path="./webassembly.d.ts" />
import { ERRORS } from '../spec/errors.ts';
import { VERDICT } from '../spec/verdict.ts';
import { VmBundle } from './bundle.ts';

/** What the module exports: see the reference of the raw interface. */
export interface RawVm {
  readonly memory: WebAssembly.Memory;
  abi_version(): number;
  alloc(size: number): number;
  free(pointer: number): void;
  load(pointer: number, length: number): number;
  unload(handle: number): number;
  cost(handle: number, kind: number, unknown: number): number;
  workload_put(handle: number, key: bigint, pointer: number, length: number): number;
  workload_drop(handle: number, key: bigint): number;
  subject_put(handle: number, key: bigint, pointer: number, length: number): number;
  subject_drop(handle: number, key: bigint): number;
  evaluate(handle: number, pointer: number, length: number, out: number, cap: number): number;
  evaluate_ring(handle: number, pointer: number, length: number, out: number, cap: number): number;
  matches(handle: number, i: number, out: number, cap: number): number;
  assumed(handle: number, i: number, out: number, cap: number): number;
  steps(): bigint;
}

/** A status of the VM that is an error. */
export class VmError extends Error {
  /** The status's name in the specification. */
  readonly code: string;
  constructor(
    what: string,
    readonly status: number,
  ) {
    const found = Object.entries(ERRORS).find(([, error]) => error.code === status);
    super(`${what}: ${found?.[1].doc ?? `status ${status}`}`);
    this.name = 'VmError';
    this.code = found?.[0] ?? String(status);
  }
}

/** @throws VmError where the status is negative */
export const checked = (what: string, status: number): number => {
  if (status < 0) throw new VmError(what, status);
  return status;
};

export class Vm {
  readonly raw: RawVm;

  /** @param instance of the core module, for this machine alone; instances share nothing but code */
  constructor(instance: WebAssembly.Instance) {
    this.raw = instance.exports as unknown as RawVm;
  }

  /**
   * @param program the program section of a bundle
   * @throws VmError where the program does not pass verification
   */
  load(program: Uint8Array): VmBundle {
    const pointer = this.allocate(program.length);
    new Uint8Array(this.raw.memory.buffer, pointer, program.length).set(program);
    const handle = this.raw.load(pointer, program.length);
    if (handle < 0) this.raw.free(pointer);
    return new VmBundle(this, checked('load', handle), pointer);
  }

  /** Steps counted since the last call; 0 but in the counting build. */
  takeSteps(): number {
    return Number(this.raw.steps());
  }

  /** @throws VmError where there is no memory */
  allocate(bytes: number): number {
    const pointer = this.raw.alloc(Math.max(bytes, VERDICT.size));
    if (pointer === 0) throw new VmError('alloc', ERRORS.memory.code);
    return pointer;
  }
}
