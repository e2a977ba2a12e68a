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

/** Bytes of a file that the kernel looks at for a `#!` line: BINPRM_BUF_SIZE without its final zero. */
const LINE_BYTES = 255;

/**
 * Arguments of a script's interpreter: its name, at most one argument from the `#!` line, the script, and what the
 * script was given, without its first (fs/binfmt_script.c). The line ends at a newline or, where the file ends before,
 * at the zeros behind it; then blanks at its end are kept.
 *
 * @param head the file's first bytes, 256 as the kernel reads
 * @param script what the kernel calls the script
 * @param args of the script, a zero byte after each
 */
export const interpreterArgs = (head: Uint8Array, script: Text, args: Text): Text => {
  const line = head.subarray(0, LINE_BYTES);
  const newline = line.indexOf(10);
  const zero = line.indexOf(0);
  const text = zero < 0 ? line.length : zero;
  let last = newline < 0 ? text : Math.min(newline, text);
  if (newline === last || last === LINE_BYTES) while (last > 2 && isBlank(line[last - 1])) last--;
  let at = 2;
  while (at < last && isBlank(line[at])) at++;
  const name = at;
  while (at < last && !isBlank(line[at])) at++;
  const nameEnd = at;
  while (at < last && isBlank(line[at])) at++;
  const end = Buffer.alloc(1);
  const parts = [line.slice(name, nameEnd), end];
  if (last > at) parts.push(line.slice(at, last), end);
  const first = args.indexOf(0);
  return Buffer.concat([...parts, script, end, first < 0 ? args : args.subarray(first + 1)]);
};
