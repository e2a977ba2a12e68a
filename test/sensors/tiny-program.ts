/** The smallest program that runs anywhere on x86-64: one segment, `exit(0)`. No interpreter, no library. */
const BASE = 0x400000n;
const HEADERS = 64 + 56;
/** mov eax, 60 (exit); xor edi, edi; syscall */
const CODE = [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05];

/** @returns an ELF file */
export const tinyProgram = (): Uint8Array => {
  const bytes = new Uint8Array(HEADERS + CODE.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // ELF, 64 bit, little-endian, version 1
  view.setUint16(16, 2, true); // executable
  view.setUint16(18, 62, true); // x86-64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BASE + BigInt(HEADERS), true); // entry
  view.setBigUint64(32, 64n, true); // program headers
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true); // load
  view.setUint32(68, 5, true); // read, execute
  view.setBigUint64(80, BASE, true);
  view.setBigUint64(88, BASE, true);
  view.setBigUint64(96, BigInt(bytes.length), true);
  view.setBigUint64(104, BigInt(bytes.length), true);
  view.setBigUint64(112, 0x1000n, true);
  bytes.set(CODE, HEADERS);
  return bytes;
};
