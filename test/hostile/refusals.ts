/** With which error each word of a program is refused when it is wrong: verification, word for word. */
import { createVm } from '../../vm/host/index.ts';

export interface Refusals {
  readonly about: string;
  /** Base64. */
  readonly program: string;
  /** A letter for each word and each wrong value: see `letter`. */
  readonly codes: string;
}

const WRONG: readonly ((old: number, size: number) => number)[] = [
  () => 0,
  () => 64,
  () => 0xffff_ffff,
  (old) => old + 1,
  (old) => old - 1,
  (old) => old + 4,
  (_, size) => size - 4,
];
/** `a` for -1, and so on; `.` where the program loads. */
const letter = (status: number): string => (status > 0 ? '.' : String.fromCharCode(0x60 - status));

/** @param program base64 */
export function refusalsOf(program: string): string {
  const bytes = Buffer.from(program, 'base64');
  const { raw } = createVm({ counting: true });
  const pointer = raw.alloc(bytes.length);
  // Taken anew each time: loading grows the memory.
  const memory = (): DataView => new DataView(raw.memory.buffer, pointer, bytes.length);
  new Uint8Array(raw.memory.buffer, pointer, bytes.length).set(bytes);
  let codes = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const old = memory().getUint32(at, true);
    for (const wrong of WRONG) {
      memory().setUint32(at, wrong(old, bytes.length) >>> 0, true);
      const status = raw.load(pointer, bytes.length);
      if (status > 0) raw.unload(status);
      codes += letter(status);
    }
    memory().setUint32(at, old, true);
  }
  return codes;
}
