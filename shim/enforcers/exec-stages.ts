/**
 * Which program an exec event is about. One execve raises one event for each file that the kernel opens to run:
 *
 *     execve ─ (seccomp: a new exec begins) ─► object ─► interpreter of a `#!` script, again ─► loader (PT_INTERP)
 *
 * The object and each interpreter are questions; the loader of a program is not, if it is one of the machine's own:
 * an ELF file can name any program as its loader, so every other one is asked like an object.
 *
 * INVARIANT: a stage never outlives its execve, because the notification at its start resets it. Without that, an exec
 * that fails after its first event would lend its stage to the next one.
 */
import type { Stage, Text } from '../workloads/process.ts';

const HASH = 35;
const BANG = 33;
const ELF = [0x7f, 0x45, 0x4c, 0x46];
const isBlank = (byte: number): boolean => byte === 32 || byte === 9;

/** What follows an object that begins with these bytes. */
export const stageAfter = (head: Uint8Array): Stage => {
  if (head[0] === HASH && head[1] === BANG) return 'interpreter';
  return ELF.every((byte, i) => head[i] === byte) ? 'loader' : 'object';
};

/**
 * Arguments of a script's interpreter: its name, at most one argument from the `#!` line, the script, and what the
 * script was given (fs/binfmt_script.c).
 *
 * @param head the file's first bytes, 256 as the kernel reads
 * @param invoked path of the script as it was written
 * @param args of the script, a zero byte after each
 */
export const interpreterArgs = (head: Uint8Array, invoked: Text, args: Text): Text => {
  let end = head.indexOf(10);
  if (end < 0) end = head.length;
  let at = 2;
  while (at < end && isBlank(head[at])) at++;
  const name = at;
  while (at < end && !isBlank(head[at]) && head[at] !== 0) at++;
  const nameEnd = at;
  while (at < end && isBlank(head[at])) at++;
  let last = end;
  while (last > at && isBlank(head[last - 1])) last--;
  const zero = Buffer.alloc(1);
  const parts = [head.slice(name, nameEnd), zero];
  if (last > at) parts.push(head.slice(at, last), zero);
  const first = args.indexOf(0);
  return Buffer.concat([...parts, invoked, zero, first < 0 ? args : args.subarray(first + 1)]);
};
