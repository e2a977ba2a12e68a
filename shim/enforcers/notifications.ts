/**
 * System calls that wait for an answer (linux/seccomp.h). One is the current one: the last that was received or taken.
 *     struct seccomp_notif       | id u64 | pid u32 | flags u32 | nr s32 | arch u32 | ip u64 | args u64[6] |   80 bytes
 *     struct seccomp_notif_resp  | id u64 | val s64 | error s32 | flags u32 |                                  24 bytes
 *     struct seccomp_notif_addfd | id u64 | flags u32 | srcfd u32 | newfd u32 | newfd_flags u32 |              24 bytes
 */
import type { Kernel } from '../kernel/kernel.ts';

const RECV = 0xc0502100;
const SEND = 0xc0182101;
const ADDFD = 0x40182103;
const ID_VALID = 0x40082102;
const SET_FLAGS = 0x40082104;
const SYNC_WAKE_UP = 1;
const CONTINUE = 1;
/** SECCOMP_ADDFD_FLAG_SEND: the new descriptor is the result of the call. */
const ADDFD_SEND = 2;
const O_CLOEXEC = 0o2000000;

/** A call that is answered later. */
export interface KeptCall {
  readonly idLow: number;
  readonly idHigh: number;
  readonly tid: number;
  /** Process of the thread. */
  readonly pid: number;
}

export class Notifications {
  readonly #call = new Uint32Array(20);
  readonly #callBytes = new Uint8Array(this.#call.buffer);
  readonly #reply = new Int32Array(6);
  readonly #replyBytes = new Uint8Array(this.#reply.buffer);
  readonly #idBytes = new Uint8Array(this.#call.buffer, 0, 8);

  constructor(
    readonly kernel: Kernel,
    readonly fd: number,
  ) {
    // the answering thread is woken on the asking CPU, and the asking one on the answering one's: 4 times faster
    // (Linux 6.6; elsewhere refused, and slower)
    kernel.control(fd, SET_FLAGS, SYNC_WAKE_UP);
  }

  /** @returns whether a call waits; it may have been killed meanwhile */
  receive(): boolean {
    this.#call.fill(0);
    return this.kernel.ioctl(this.fd, RECV, this.#callBytes) >= 0;
  }

  /** The call as it was received (struct seccomp_notif). */
  get bytes(): Uint8Array {
    return this.#callBytes;
  }
  /** Thread that asks. */
  get tid(): number {
    return this.#call[2];
  }
  get number(): number {
    return this.#call[4];
  }
  /** Lower half of an argument. */
  low(argument: number): number {
    return this.#call[8 + 2 * argument];
  }
  high(argument: number): number {
    return this.#call[9 + 2 * argument];
  }
  address(argument: number): number {
    return this.#call[9 + 2 * argument] * 2 ** 32 + this.#call[8 + 2 * argument];
  }

  /** Whether the thread still waits: what was read from its memory before is its own only then. */
  get valid(): boolean {
    return this.kernel.ioctl(this.fd, ID_VALID, this.#idBytes) >= 0;
  }

  /** @param pid process of the thread that asks */
  keep(pid: number): KeptCall {
    return { idLow: this.#call[0], idHigh: this.#call[1], tid: this.tid, pid };
  }

  /** Makes a call that was kept the current one; its arguments are gone. */
  take(call: KeptCall): void {
    this.#call.fill(0);
    this.#call[0] = call.idLow;
    this.#call[1] = call.idHigh;
    this.#call[2] = call.tid;
  }

  /** Lets the kernel perform the call, reading its arguments anew. */
  continue(): void {
    this.#send(0, CONTINUE);
  }

  refuse(errno: number): void {
    this.#send(-errno, 0);
  }

  /** @param result of a call that was performed instead: a value of at most 31 bits, or a negative errno */
  answer(result: number): void {
    this.#send(Math.min(result, 0), 0, Math.max(result, 0));
  }

  /**
   * Gives the caller a duplicate of an own descriptor, which is the result of its call.
   * @returns its number there, or a negative errno: then the call waits on
   */
  handOver(fd: number, cloexec: boolean): number {
    const given = this.#reply;
    given[0] = this.#call[0];
    given[1] = this.#call[1];
    given[2] = ADDFD_SEND;
    given[3] = fd;
    given[4] = 0;
    given[5] = cloexec ? O_CLOEXEC : 0;
    return this.kernel.ioctl(this.fd, ADDFD, this.#replyBytes);
  }

  #send(error: number, flags: number, value = 0): void {
    const reply = this.#reply;
    reply[0] = this.#call[0];
    reply[1] = this.#call[1];
    reply[2] = value;
    reply[3] = 0;
    reply[4] = error;
    reply[5] = flags;
    this.kernel.ioctl(this.fd, SEND, this.#replyBytes);
  }
}
