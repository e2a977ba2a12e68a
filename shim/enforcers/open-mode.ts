/** What an open asks for, from its registers: which questions, and `file.flags`. */
import type { PermissionEvents } from '../kernel/permission-events.ts';
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
const TABLE = BITS.map(([name, kernel]) => ({ bit: bitOf(name), kernel }));

export class OpenMode {
  reads = false;
  writes = false;
  /** `file.flags`; 0 where the flags are not known. */
  flags = 0;
  /** The number of the register with the path's address, or -1. */
  path = -1;

  /** An open whose flags cannot be seen, or by another call than the four, counts as both. */
  set(event: Pick<PermissionEvents, 'call' | 'low'>): void {
    switch (event.call) {
      case NR.openat:
        this.path = 1;
        return this.setFlags(event.low(2));
      case NR.open:
        this.path = 0;
        return this.setFlags(event.low(1));
      case NR.creat:
        this.path = 0;
        return this.setFlags(O.wronly | O.creat | O.trunc);
      default:
        this.path = -1;
        this.reads = this.writes = true;
        this.flags = 0;
    }
  }

  /** @param flags as open(2) has them */
  setFlags(flags: number): void {
    const access = flags & O.accmode;
    this.reads = access !== O.wronly;
    this.writes = access !== 0 || (flags & O.trunc) !== 0;
    this.flags = bitOf(access === O.wronly ? 'wronly' : access === 0 ? 'rdonly' : 'rdwr');
    for (let i = 0; i < TABLE.length; i++)
      if ((flags & TABLE[i].kernel) === TABLE[i].kernel) this.flags |= TABLE[i].bit;
  }
}
