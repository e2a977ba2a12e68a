/** A call to the kernel that failed, as a value: callers decide what it means, nobody catches. */
import { getSystemErrorName } from 'node:util';

export interface KernelError {
  /** What was tried, for people: ``load `exec.bpf.o` ``. */
  readonly what: string;
  /** Positive errno, 0 where no system call failed. */
  readonly errno: number;
  /** Name of the errno: `EPERM`. */
  readonly code: string;
  /** What libbpf or the verifier said, empty where nothing. */
  readonly log: string;
}

/**
 * @param what what was tried
 * @param errno of the failure, of either sign
 * @param log the verifier's log
 */
export const kernelError = (what: string, errno: number, log = ''): KernelError => {
  const number = Math.abs(errno);
  let code = `errno ${number}`;
  try {
    code = getSystemErrorName(-number);
  } catch {
    // 524 (ENOTSUPP) and its like have no name in user space
  }
  return { what, errno: number, code, log };
};

/** @returns one line: `cannot load exec.bpf.o: EPERM` */
export const kernelErrorText = ({ what, code, log }: KernelError): string => {
  const last =
    log
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('processed '))
      .at(-1) ?? '';
  return `cannot ${what}: ${code}${last && ` (${last})`}`;
};
