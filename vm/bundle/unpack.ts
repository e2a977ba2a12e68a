/**
 * Reads MessagePack as `pack` writes it: null, booleans, numbers, strings, lists, and maps whose keys are strings (MessagePack
 * specification, "Formats"). Own code, because a reader of bundles has to work without `eval` in a page, to keep a key
 * `__proto__` as what it is, and to allocate nothing for a length that a file only claims; libraries fail one or another.
 */

/** Texts are short and most are ASCII: from here on the decoder is quicker than characters one by one. */
const SHORT = 16;
/** Keys stand again and again: each is made once, and found by its bytes. */
const KEYS = 256;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Says what is wrong with the bytes; caught in `unpack`. */
class Malformed extends Error {}

/**
 * @param bytes one value and nothing behind it
 * @returns the value, or what is wrong with the bytes
 */
export function unpack(bytes: Uint8Array): { value: unknown } | { error: string } {
  try {
    const reader = new Reader(bytes);
    const value = reader.value();
    if (reader.left > 0) throw new Malformed('bytes behind the value');
    return { value };
  } catch (error) {
    if (error instanceof Malformed) return { error: error.message };
    // How deep values nest is limited by the stack alone.
    if (error instanceof RangeError) return { error: 'it is too deep' };
    throw error;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #keys: { readonly text: string; readonly at: number }[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  value(): unknown {
    const head = this.#view.getUint8(this.#take(1));
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 15);
    if (head < 0xa0) return this.#list(head & 15);
    if (head < 0xc0) return this.#text(head & 31);
    if (head >= 0xe0) return head - 256;
    const view = this.#view;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return view.getFloat32(this.#take(4));
      case 0xcb:
        return view.getFloat64(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#length(1 << (head - 0xcc));
      case 0xcf:
        return Number(view.getBigUint64(this.#take(8)));
      case 0xd0:
        return view.getInt8(this.#take(1));
      case 0xd1:
        return view.getInt16(this.#take(2));
      case 0xd2:
        return view.getInt32(this.#take(4));
      case 0xd3:
        return Number(view.getBigInt64(this.#take(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#length(head === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(head === 0xde ? 2 : 4));
    }
    throw new Malformed(`no plain value begins with 0x${head.toString(16)}`);
  }

  /** Goes on behind `count` bytes. */
  #take(count: number): number {
    if (count > this.left) throw new Malformed('it is truncated');
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** An unsigned number of so many bytes. */
  #length(bytes: number): number {
    const at = this.#take(bytes);
    return bytes === 1 ? this.#view.getUint8(at) : bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #text(length: number): string {
    const at = this.#take(length);
    if (length < SHORT) {
      let text = '';
      for (let i = at; i < this.#at && this.#bytes[i] < 0x80; i++) text += String.fromCharCode(this.#bytes[i]);
      if (text.length === length) return text;
    }
    try {
      return decoder.decode(this.#bytes.subarray(at, this.#at));
    } catch {
      throw new Malformed('a text that is not UTF-8');
    }
  }

  #list(length: number): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < length; i++) list.push(this.value());
    return list;
  }

  #map(length: number): Readonly<Record<string, unknown>> {
    const map: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.#key();
      const value = this.value();
      // An assignment to this name would not make a member.
      if (key !== '__proto__') map[key] = value;
      else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return map;
  }

  #key(): string {
    const start = this.#at;
    const head = this.left > 0 ? this.#bytes[start] : 0;
    if ((head & 0xe0) !== 0xa0) {
      const key = this.value();
      if (typeof key !== 'string') throw new Malformed('a key that is no text');
      return key;
    }
    this.#at++;
    const length = head & 31;
    if (length > this.left) throw new Malformed('it is truncated');
    const hash = length === 0 ? 0 : (this.#bytes[start + 1] * 31 + this.#bytes[start + length] * 7 + length) % KEYS;
    const known = this.#keys[hash];
    if (known !== undefined && known.text.length === length && this.#same(known.at, start, length)) {
      this.#at += length;
      return known.text;
    }
    const text = this.#text(length);
    if (text.length === length) this.#keys[hash] = { text, at: start };
    return text;
  }

  #same(one: number, other: number, length: number): boolean {
    for (let i = 1; i <= length; i++) if (this.#bytes[one + i] !== this.#bytes[other + i]) return false;
    return true;
  }
}
