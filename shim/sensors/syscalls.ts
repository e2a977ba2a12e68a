/** Questions to the table of system calls, and which of them the kind `syscall` must read in a way of their own. */
import { STRING_ARGUMENTS, SYSCALLS } from '../../vm/spec/syscalls.ts';
import { encodeStruct } from './layout.ts';

/** Calls that do not come back to their caller, or with other registers. */
const NO_RETURN: ReadonlySet<string> = new Set(['exit', 'exit_group', 'rt_sigreturn', 'execve', 'execveat']);

/** All numbers that have a name are below this. */
export const SYSCALLS_END = SYSCALLS.length;

/**
 * @param nr number of x86-64
 * @returns the call's name, or null where there is none
 */
export const syscallName = (nr: number): string | null => SYSCALLS[nr] ?? null;

/** @returns the number, or null for an unknown name */
export const syscallNumber = (name: string): number | null => {
  const number = SYSCALLS.indexOf(name);
  return number >= 0 ? number : null;
};

const NONE: readonly number[] = [];

/** @returns numbers of the arguments of a call that point to paths or names */
export const stringArguments = (nr: number): readonly number[] => STRING_ARGUMENTS[syscallName(nr) ?? ''] ?? NONE;

/** @returns a `traced` for the map, by number; a number without a name is traced all the same */
export const tracedCall = (nr: number): Uint8Array => {
  const name = syscallName(nr) ?? '';
  const strings = stringArguments(nr).reduce((bits, argument) => bits | (1 << argument), 0);
  return encodeStruct('traced', {
    traced: 1,
    returns: NO_RETURN.has(name) ? 0 : 1,
    strings,
    length: name.length,
    name: Buffer.from(name),
  });
};
