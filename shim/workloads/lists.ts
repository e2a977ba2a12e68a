/** Lists and long texts of one record, which share the room that its other fields leave: what does not fit is cut, and named. */
import type { RecordWriter } from '../../vm/event/record-writer.ts';
import { ELEMENT_HEAD, elementFit, LIST_HEAD, padded } from '../../vm/event/sizes.ts';
import { LIMITS } from '../../vm/spec/index.ts';

const MOST = LIMITS.textBytes.value;

export class Lists {
  #field = 0;
  /** Bytes that the list may still take. */
  #left = 0;

  /** @param room bytes of the record that nothing else takes */
  constructor(
    readonly writer: RecordWriter,
    private room: number,
  ) {}

  begin(field: number): void {
    this.#field = field;
    this.#left = Math.max(0, Math.min(this.room, MOST) - LIST_HEAD);
    this.room -= LIST_HEAD;
    this.writer.beginList(field);
  }

  /** @returns whether it fits whole: what follows one that does not is left out */
  element(bytes: Uint8Array, start: number, length: number): boolean {
    const fit = elementFit(this.#left, length);
    if (fit >= 0) {
      const size = ELEMENT_HEAD + padded(fit);
      this.writer.element(bytes, start, fit);
      this.#left -= size;
      this.room -= size;
    }
    if (fit === length) return true;
    this.writer.markCut(this.#field);
    this.#left = 0;
    return false;
  }

  end(): void {
    this.writer.endList();
  }

  /** A list of texts, a zero byte behind each. */
  texts(field: number, texts: Uint8Array): void {
    this.begin(field);
    for (let at = 0, fits = true; fits && at < texts.length;) {
      const zero = texts.indexOf(0, at);
      const end = zero < 0 ? texts.length : zero;
      fits = this.element(texts, at, end - at);
      at = end + 1;
    }
    this.end();
  }

  /** One text, of a field that may be cut. */
  text(field: number, bytes: Uint8Array): void {
    const fit = Math.max(0, Math.min(bytes.length, MOST, this.room & ~3));
    if (fit < bytes.length) this.writer.markCut(field);
    this.writer.string(field, bytes, 0, fit);
    this.room -= padded(fit);
  }
}
