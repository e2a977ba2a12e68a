/**
 * Answers DNS queries that the kernel holds (`shim/bpf/dns.bpf.c`). A query over UDP was dropped there: one that may leave is
 * sent from here, from the bytes that were decided, and its answer reaches the socket that asked; to one that may not the
 * guard answers in the name of the server. Over TCP the kernel sends again what was not let through, until it is.
 */
import { kernelErrorText } from '../kernel/bpf-error.ts';
import type { BpfObject } from '../kernel/bpf.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { layoutOf, type QueryPacket } from '../sensors/index.ts';
import { refusalOf, resetOf, sendable, targetOf } from './packets.ts';

const AF = { inet: 2, inet6: 10 } as const;
const KEY = layoutOf('answered_key');
const UNREAD = 'what it asks could not be read whole, so it was not sent';
const CUT = 'the workload is isolated: no query is sent';

export class Queries {
  readonly #key = new DataView(new ArrayBuffer(KEY.size));
  /** While the workload is isolated no query leaves, whatever its verdict. */
  cut = false;

  private constructor(
    readonly kernel: Kernel,
    /** The object of the sensor. */
    readonly object: BpfObject,
    readonly ipv4: number,
    /** Negative where the machine has no IPv6. */
    readonly ipv6: number,
  ) {}

  /** @returns a sender of packets with headers of their own, or why there can be none */
  static open(kernel: Kernel, object: BpfObject): { readonly queries: Queries } | { readonly error: string } {
    const ipv4 = kernel.sockets.raw(AF.inet);
    if (ipv4 < 0) return { error: `raw sockets: errno ${-ipv4}` };
    return { queries: new Queries(kernel, object, ipv4, kernel.sockets.raw(AF.inet6)) };
  }

  /**
   * @param allow whether its verdict lets it pass
   * @param whole its question was read
   * @returns null, or why something else became of it than the verdict says
   */
  answer(packet: QueryPacket, allow: boolean, whole: boolean): string | null {
    if (!whole) return allow ? UNREAD : null;
    if (!allow) {
      this.#send(packet, packet.isUdp ? refusalOf(packet) : resetOf(packet));
      return null;
    }
    if (this.cut) return CUT;
    return packet.isUdp ? this.#forward(packet) : this.#open(packet);
  }

  close(): void {
    this.kernel.close(this.ipv4);
    if (this.ipv6 >= 0) this.kernel.close(this.ipv6);
  }

  #forward(packet: QueryPacket): string | null {
    const status = this.#send(packet, sendable(packet));
    return status < 0 ? `it could not be sent: errno ${-status}` : null;
  }

  /** Lets the message pass when the kernel sends it again. */
  #open(packet: QueryPacket): string | null {
    this.#key.setBigUint64(KEY.offsets['cookie'], packet.cookie, true);
    this.#key.setUint32(KEY.offsets['sequence'], packet.sequence, true);
    this.#key.setUint32(KEY.offsets['connection'], packet.connection, true);
    const error = this.object.map('answered').update(new Uint8Array(this.#key.buffer), new Uint8Array(4));
    return error && kernelErrorText(error);
  }

  #send(packet: QueryPacket, bytes: Uint8Array): number {
    const target = targetOf(bytes);
    const fd = target.length === 4 ? this.ipv4 : this.ipv6;
    return fd < 0 ? fd : this.kernel.sockets.sendRaw(fd, bytes, target, packet.interface);
  }
}
