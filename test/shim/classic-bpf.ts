/** Runs classic BPF as the kernel does (net/core/filter.c, kernel/seccomp.c), for tests; slow and obvious. */
import { INSTRUCTION_BYTES } from '../../shim/enforcers/filter/assemble.ts';
import { DATA } from '../../shim/enforcers/filter/graph.ts';

export interface SeccompData {
  readonly nr: number;
  readonly arch?: number;
  /** Up to six registers; the others are 0. */
  readonly args?: readonly bigint[];
}

export const X86_64 = 0xc000003e;

const encode = ({ nr, arch = X86_64, args = [] }: SeccompData): DataView => {
  const view = new DataView(new ArrayBuffer(DATA.bytes));
  view.setUint32(DATA.nr, nr >>> 0, true);
  view.setUint32(DATA.arch, arch, true);
  args.forEach((value, i) => view.setBigUint64(DATA.args + 8 * i, value, true));
  return view;
};

/**
 * @returns what the program gives back
 * @throws for a program that the kernel refuses: an unknown instruction, a jump or a load that leads out, no end
 */
export const runFilter = (program: Uint8Array, call: SeccompData): number => {
  const data = encode(call);
  const code = new DataView(program.buffer, program.byteOffset, program.length);
  const length = program.length / INSTRUCTION_BYTES;
  let a = 0;
  for (let at = 0; ; at++) {
    if (!Number.isInteger(length) || at >= length) throw new Error(`instruction ${at} of ${length}`);
    const here = at * INSTRUCTION_BYTES;
    const k = code.getUint32(here + 4, true);
    const jump = (holds: boolean): void => void (at += code.getUint8(here + (holds ? 2 : 3)));
    const op = code.getUint16(here, true);
    if (op === 0x20) {
      if (k % 4 !== 0) throw new Error(`load at ${k}`);
      a = data.getUint32(k, true);
    } else if (op === 0x54) a = (a & k) >>> 0;
    else if (op === 0x05) at += k;
    else if (op === 0x15) jump(a === k);
    else if (op === 0x25) jump(a > k);
    else if (op === 0x35) jump(a >= k);
    else if (op === 0x45) jump((a & k) !== 0);
    else if (op === 0x06) return k;
    else throw new Error(`instruction 0x${op.toString(16)}`);
  }
};
