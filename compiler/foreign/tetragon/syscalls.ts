/** System calls: their names as kernel symbols, and hooks on them. */
import { STRING_ARGUMENTS, SYSCALLS } from '../../../vm/spec/syscalls.ts';
import { nearest } from '../../diagnostics/index.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { oneOf } from '../condition.ts';
import type { Findings } from './findings.ts';
import type { Meaning, Question } from './hooks.ts';

const SYMBOL = /^(?:__(?:x64|arm64|ia32|ia32_compat|se|do)_|__)?(?:compat_)?sys_(.+)$/;
const OTHER_ABI = /^__ia32_|compat_sys_/;
const NAMES: readonly string[] = SYSCALLS.filter((name) => name !== null);

/** Whether a function is the entry of a system call, by its name. */
export const isSyscall = (symbol: string): boolean => SYMBOL.test(symbol) && !symbol.startsWith('__sys_');

/**
 * @param symbol `sys_openat`, `__x64_sys_openat`; in lists also the bare name
 * @returns the name, undefined where there is none on x86-64, which is said
 */
export function syscallName(symbol: LocatedScalar, findings: Findings): string | undefined {
  if (OTHER_ABI.test(symbol.text)) {
    const help = 'a guarded workload has no 32-bit calls at all: nothing is lost';
    findings.dropped(symbol.span, `\`${symbol.text}\` is a call of 32-bit programs`, help);
    return undefined;
  }
  const name = SYMBOL.exec(symbol.text)?.[1] ?? symbol.text;
  if (NAMES.includes(name)) return name;
  const near = nearest(name, NAMES);
  const help = near === null ? null : `did you mean \`sys_${near}\`?`;
  findings.refuse(symbol.span, `\`${symbol.text}\` is no system call of x86-64`, help);
  return undefined;
}

const SIX = [0, 1, 2, 3, 4, 5];

/**
 * @param names null: every system call
 * @returns what is asked; arguments that are texts are so for all of the calls
 */
export function syscallQuestion(names: readonly string[] | null, before: Question['args'] = []): Question {
  const registers = SIX.map((n): Meaning => {
    const text = names !== null && names.length > 0 && names.every((name) => STRING_ARGUMENTS[name]?.includes(n));
    return { is: 'register', n, text };
  });
  const args = [...before, ...registers];
  if (names === null) return { kind: 'syscall', args };
  const when = oneOf('syscall.name', names)
    .pieces.map(({ text }) => text)
    .join('');
  return { kind: 'syscall', when, args };
}
