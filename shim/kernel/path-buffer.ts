/** A zero-terminated path in memory that is reused, so that a call makes no string and no copy of one. */
export class PathBuffer {
  readonly bytes = Buffer.alloc(8192);
  #length = 0;

  start(text: string): this {
    this.#length = 0;
    return this.text(text);
  }

  /** @param text one char a byte; what does not fit is cut, and then names nothing */
  text(text: string): this {
    this.#length += this.bytes.write(text, this.#length, this.bytes.length - 32 - this.#length, 'latin1');
    this.bytes[this.#length] = 0;
    return this;
  }

  number(value: number): this {
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    for (let i = digits - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 10))
      this.bytes[this.#length + i] = 48 + (rest % 10);
    this.#length += digits;
    this.bytes[this.#length] = 0;
    return this;
  }
}
