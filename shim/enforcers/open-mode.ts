/** What an open asks for, from its registers: which questions, and `file.flags`. */
import type { Registers } from './registers.ts';
import { NR } from './syscalls.ts';
import { FIELDS } from '../../vm/spec/index.ts';

const O = { accmode: 3, wronly: 1, rdwr: 2, creat: 0o100, excl: 0o200, trunc: 0o1000, append: 0o2000 } as const;
const O_SYNC = 0o4010000;
const O_TMPFILE = 0o20200000;

/** `file.flags` bits in the order of the specification, by the kernel's bits that mean them. */
const BITS: readonly (readonly [flag: string, kernel: number])[] = [
  ['creat', O.creat],
  ['excl', O.excl],
  ['trunc', O.trunc],
  ['append', O.append],
  ['tmpfile', O_TMPFILE],
  ['directory', 0o200000],
  ['nofollow', 0o400000],
  ['direct', 0o40000],
  ['sync', O_SYNC],
  ['cloexec', 0o2000000],
];
const NAMES = FIELDS.find((field) => field.name === 'file.flags')!.values!;
const bitOf = (name: string): number => 1 << NAMES.indexOf(name);
const TABLE = BITS.map(([name, kernel]) => [bitOf(name), kernel] as const);

export class OpenMode {
  reads = false;
  writes = false;
  /** `file.flags`; 0 where the flags are not known. */
  flags = 0;
  /** The number of the register with the path's address, or -1. */
  path = -1;

  /** An open whose flags cannot be seen, or by another call than the four, counts as both. */
  set(registers: Registers): void {
    let flags: number;
    if (registers.number === NR.openat) [flags, this.path] = [registers.low[2], 1];
    else if (registers.number === NR.open) [flags, this.path] = [registers.low[1], 0];
    else if (registers.number === NR.creat) [flags, this.path] = [O.wronly | O.creat | O.trunc, 0];
    else {
      [this.reads, this.writes, this.flags, this.path] = [true, true, 0, -1];
      return;
    }
    this.setFlags(flags);
  }

  /** @param flags as open(2) has them */
  setFlags(flags: number): void {
    const access = flags & O.accmode;
    this.reads = access !== O.wronly;
    this.writes = access !== 0 || (flags & O.trunc) !== 0;
    this.flags = bitOf(access === O.wronly ? 'wronly' : access === 0 ? 'rdonly' : 'rdwr');
    for (let i = 0; i < TABLE.length; i++) {
      const [bit, kernel] = TABLE[i];
      if ((flags & kernel) === kernel) this.flags |= bit;
    }
  }
}
