/** Bytes that grow: the one place where the emitter writes them. Little-endian. */
export class Writer {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Offset of the next byte. */
  get length(): number {
    return this.#length;
  }

  /**
   * Reserves zeroed bytes.
   * @param align what the offset, and `header` bytes more, are a multiple of
   * @returns the offset
   */
  reserve(bytes: number, align = 4, header = 0): number {
    const at = Math.ceil((this.#length + header) / align) * align - header;
    this.#length = at + bytes;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(at: number, value: number): void {
    this.#bytes[at] = value;
  }
  u16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }
  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }
  u64(at: number, value: bigint): void {
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
  /** One byte for each character. */
  text(at: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }
  /**
   * Copies what another writer has from an offset on.
   * @returns where it stands now
   */
  copy(other: Writer, from: number): number {
    const at = this.reserve(other.length - from);
    this.#bytes.set(other.#bytes.subarray(from, other.length), at);
    return at;
  }
  /** Reads back what was written. */
  getU32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** All bytes, padded to a multiple of 8. */
  finish(): Uint8Array {
    this.reserve(0, 8);
    return this.#bytes.slice(0, this.#length);
  }
}
