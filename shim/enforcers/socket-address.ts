/** An address as a system call was given it (`struct sockaddr`), read once. */

const AF = { unspec: 0, unix: 1, inet: 2, inet6: 10 } as const;

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0];

/** The largest that the kernel takes: `struct sockaddr_storage`. */
export const SOCKADDR_BYTES = 128;

/** The longest name of a unix socket: `sun_path`. */
export const MAX_NAME_BYTES = 108;

export type Family = 'ip' | 'unix' | 'other' | 'none';

export class SocketAddress {
  family: Family = 'none';
  /** 16 bytes, IPv4 as ::ffff:a.b.c.d. */
  readonly ip = new Uint8Array(16);
  /**
   * The peer that the kernel reaches: connecting to the unspecified address means this machine, so a rule about
   * 127.0.0.1 holds for 0.0.0.0 too.
   */
  readonly peer = new Uint8Array(16);
  port = 0;
  /** Of a unix socket: what follows the family, as it was written; more than a path has room for is refused anyway. */
  name: Uint8Array = new Uint8Array(0);
  /** Of a unix socket; bytes of an abstract one with the leading zero as `@`. */
  path = '';
  readonly bytes = new Uint8Array(SOCKADDR_BYTES);
  /** Of `bytes`, where the kernel gave them: may be more than there is room for. */
  length = 0;

  /**
   * @param length bytes of `bytes` that are given
   * @param unspecified what AF_UNSPEC means: `connect` dissolves an association, others take it for AF_INET
   */
  parse(length: number, unspecified: 'none' | 'ipv4'): void {
    const { bytes, ip } = this;
    this.family = length < 2 ? 'none' : 'other';
    if (length < 2) return;
    let family = bytes[0] | (bytes[1] << 8);
    if (family === AF.unspec) {
      if (unspecified === 'none' || length < 16) {
        this.family = 'none';
        return;
      }
      family = AF.inet;
    }
    this.port = (bytes[2] << 8) | bytes[3];
    if (family === AF.inet && length >= 16) {
      this.family = 'ip';
      ip.fill(0, 0, 10);
      ip.fill(255, 10, 12);
      for (let i = 0; i < 4; i++) ip[12 + i] = bytes[4 + i];
    } else if (family === AF.inet6 && length >= 24) {
      this.family = 'ip';
      for (let i = 0; i < 16; i++) ip[i] = bytes[8 + i];
    } else if (family === AF.unix) {
      this.family = 'unix';
      this.name = bytes.subarray(2, length);
      const abstract = length > 2 && bytes[2] === 0;
      let end = abstract ? length : 2;
      if (!abstract) while (end < length && bytes[end] !== 0) end++;
      const name = Buffer.from(bytes.buffer, abstract ? 3 : 2, Math.max(0, end - (abstract ? 3 : 2))).toString(
        'latin1',
      );
      this.path = abstract ? `@${name}` : name;
    }
    if (this.family === 'ip') this.#reach();
  }

  #reach(): void {
    const { ip, peer } = this;
    for (let i = 0; i < 16; i++) peer[i] = ip[i];
    const mapped = ip[10] === 255 && ip[11] === 255;
    for (let i = 0; i < 16; i++) if (ip[i] !== (mapped ? MAPPED[i] : 0)) return;
    if (mapped) peer[12] = 127;
    peer[15] = 1;
  }
}
