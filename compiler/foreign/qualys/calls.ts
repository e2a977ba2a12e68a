/** System calls of Application rules: their names, and what their arguments are compared with. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { STRING_ARGUMENTS, SYSCALLS } from '../../../vm/spec/syscalls.ts';
import type { Report } from '../../schema/read.ts';
import { ALWAYS, NEVER, test, type Condition } from '../condition.ts';
import { anyMatching, isAny, matching, programIs } from './values.ts';

/** What each argument of a call that executes is. */
const EXECUTING: Readonly<Record<string, readonly ('path' | 'arguments' | 'environment' | null)[]>> = {
  execve: ['path', 'arguments', 'environment'],
  execveat: [null, 'path', 'arguments'],
};

/** Functions of the kernel that are called otherwise than the system call. */
const RENAMED: Readonly<Record<string, string>> = {
  newstat: 'stat',
  newlstat: 'lstat',
  newfstat: 'fstat',
  newuname: 'uname',
  umount: 'umount2',
  sendfile64: 'sendfile',
};

/** @returns the name without `sys_`; null, and says so, where there is no such call */
export function callOf({ text, span }: LocatedScalar, report: Report): string | null {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^(__x64_)?sys_/, '');
  const name = RENAMED[bare] ?? bare;
  if (SYSCALLS.includes(name)) return name;
  const near = nearest(
    name,
    SYSCALLS.filter((one) => one !== null),
  );
  const help = near === null ? 'names are those of the kernel: `sys_execve`' : `did you mean \`sys_${near}\`?`;
  report(diagnose('L5004', `there is no system call \`${text}\``, span, help));
  return null;
}

export const executes = (call: string): boolean => Object.hasOwn(EXECUTING, call);

/**
 * @param n 0 for the first
 * @param lenient the rule lets pass what is refused otherwise
 * @returns what an argument must be
 */
export function argumentIs(call: string, n: number, text: LocatedScalar, lenient: boolean, report: Report): Condition {
  if (isAny(text.text)) return ALWAYS;
  if (executes(call)) return executedIs(call, n, text, lenient, report);
  if (STRING_ARGUMENTS[call]?.includes(n)) return matching(`syscall.sarg${n}`, [text.text], text);
  return numberIs(`syscall.arg${n}`, text, `argument ${n + 1} of \`${call}\``, report);
}

function executedIs(call: string, n: number, text: LocatedScalar, lenient: boolean, report: Report): Condition {
  const what = EXECUTING[call][n];
  if (what === 'path') return programIs('proc.path', text, lenient);
  if (what === null) {
    const message = `argument ${n + 1} of \`${call}\` is not in our events`;
    report(diagnose('L5006', message, text.span, 'leave it blank, or write `*`'));
    return NEVER;
  }
  if (what === 'environment') return anyMatching('proc.env', text);
  const help = 'import the policy and ask for `proc.args` to say it exactly';
  report(diagnose('L5403', `\`${text.text}\` is compared with the whole command line`, text.span, help));
  return matching('proc.cmdline', [text.text], text);
}

/** A negative number is one of 32 bits: in a register it is widened with its sign, or with zeros. */
function numberIs(field: string, { text, span }: LocatedScalar, what: string, report: Report): Condition {
  const number = /^-?(?:0|[1-9]\d*|0x[0-9a-f]+)$/i.test(text) ? numberOf(text) : null;
  if (number !== null && number >= 0n && number < 1n << 64n) return test(`${field} = ${text.toLowerCase()}`, span);
  if (number !== null && number < 0n && number >= -(1n << 31n)) {
    return test(`${field} & 0xffffffff = 0x${BigInt.asUintN(32, number).toString(16)}`, span);
  }
  report(diagnose('L5004', `${what} is a number, found \`${text}\``, span, 'write it decimal, or as `0x…`'));
  return NEVER;
}

const numberOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
