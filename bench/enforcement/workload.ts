/** The measured workload as a process that is asked: bare, guarded by the built program, or traced. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const LICTOR = join(import.meta.dirname, '..', '..', 'dist', 'lictor.js');

export interface Workload {
  /** @returns the numbers of its answer */
  ask(line: string): Promise<readonly number[]>;
  end(): Promise<void>;
}

const start = (command: readonly [string, ...string[]], cwd: string): Workload => {
  const child = spawn(command[0], command.slice(1), { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`\`${command.join(' ')}\` ended at \`${line}\``);
      return String(value).split(' ').map(Number);
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
};

/** @param program of `operations.c` */
export const bare = (program: string, cwd: string): Workload => start([program], cwd);

/** Under a policy, records thrown away. */
export const guarded = (program: string, cwd: string, policy: string, name: string): Workload => {
  const path = join(cwd, `${name}.yaml`);
  writeFileSync(path, policy);
  return start([process.execPath, LICTOR, 'run', '-p', path, '--events', '/dev/null', '--', program], cwd);
};

/** What strace stops at: the calls that a guarded workload is asked about. */
const CALLS = [...['%file', '%net', 'execve', 'execveat', 'ftruncate', 'getpriority', 'getrusage']];

/** Under `strace -f`, with its own seccomp filter: other calls are not stopped. */
export const traced = (program: string, cwd: string): Workload =>
  start(['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', `trace=${CALLS.join(',')}`, program], cwd);
