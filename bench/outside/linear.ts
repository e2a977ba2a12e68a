/** The linear walk in C, compiled on the spot. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Filter, Header } from './classbench.ts';

const FILTER_BYTES = 48;
const HEADER_BYTES = 40;

/** 16 bytes as two little-endian numbers, the high half first. */
const writeAddress = (to: Buffer, at: number, address: string): void => {
  const bytes = Buffer.from(address, 'latin1');
  to.writeBigUInt64LE(bytes.readBigUInt64BE(0), at);
  to.writeBigUInt64LE(bytes.readBigUInt64BE(8), at + 8);
};

const encode = (filters: readonly Filter[], headers: readonly Header[]): Buffer => {
  const bytes = Buffer.alloc(8 + filters.length * FILTER_BYTES + headers.length * HEADER_BYTES);
  bytes.writeUInt32LE(filters.length, 0);
  bytes.writeUInt32LE(headers.length, 4);
  let at = 8;
  for (const { source, destination, sourcePorts, destinationPorts, protocol } of filters) {
    writeAddress(bytes, at, source.value);
    writeAddress(bytes, at + 16, destination.value);
    bytes.writeUInt16LE(sourcePorts.low, at + 32);
    bytes.writeUInt16LE(destinationPorts.low, at + 34);
    bytes.writeUInt16LE(sourcePorts.high, at + 36);
    bytes.writeUInt16LE(destinationPorts.high, at + 38);
    bytes.writeUInt8(source.bits, at + 40);
    bytes.writeUInt8(destination.bits, at + 41);
    bytes.writeInt16LE(protocol ?? -1, at + 42);
    at += FILTER_BYTES;
  }
  for (const { source, destination, sourcePort, destinationPort, protocol } of headers) {
    writeAddress(bytes, at, source);
    writeAddress(bytes, at + 16, destination);
    bytes.writeUInt16LE(sourcePort, at + 32);
    bytes.writeUInt16LE(destinationPort, at + 34);
    bytes.writeInt32LE(protocol, at + 36);
    at += HEADER_BYTES;
  }
  return bytes;
};

export interface Linear {
  /** Nanoseconds a header. */
  readonly ns: number;
  /** Number of the first filter that matches each header, -1 for none. */
  readonly found: Int32Array;
}

/** @returns null where there is no C compiler */
export const walkLinearly = (filters: readonly Filter[], headers: readonly Header[]): Linear | null => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-linear-'));
  try {
    const [program, input, output] = ['linear', 'in', 'out'].map((name) => join(folder, name));
    const source = join(import.meta.dirname, 'linear.c');
    if (spawnSync('cc', ['-O3', '-o', program, source]).status !== 0) return null;
    writeFileSync(input, encode(filters, headers));
    const { status, stdout } = spawnSync(program, [input, output], { encoding: 'utf8' });
    if (status !== 0) throw new Error('BUG: the linear walk failed');
    const found = readFileSync(output);
    return { ns: Number(stdout), found: new Int32Array(new Uint8Array(found).buffer) };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
