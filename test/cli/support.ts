/** The program as a user starts it: a process with arguments, standard input and an environment. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'lictor.js');

/** Arguments for node: the built program, or the sources where nothing is built. */
export const PROGRAM = existsSync(built) ? [built] : ['--import', 'tsx', join(root, 'cli', 'main.ts')];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs `lictor …` in the project's root and waits for its end. No stack trace may ever be seen. */
export function lictor(args: readonly string[], { input = '', cwd = root, env = {} }: Setting = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PROGRAM, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '', ...env },
  });
  assert.not.match(stderr, /^\s+at .+:\d+:\d+\)?$/m, `a stack trace reached the user:\n${stderr}`);
  return { code: status, stdout, stderr };
}

/** Holds a text against `golden/NAME`; UPDATE=1 writes it. */
export function golden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env.UPDATE === '1') writeFileSync(path, text);
  assert.fixture(text, existsSync(path) ? readFileSync(path, 'utf8') : '', `golden/${name}: UPDATE=1 rewrites it`);
}

/** A directory with these files, for the time of `use`, which may be asynchronous. */
export function withFiles<T>(files: Readonly<Record<string, string | Uint8Array>>, use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'lictor-test-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  let result: T;
  try {
    result = use(directory);
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}

/** A policy whose one rule denies shells. */
export const POLICY = `apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: shells
spec:
  mode: enforce
  rules:
    - name: no-shells
      on: exec
      when: 'proc.name in ("sh", "bash")'
      action: deny
      severity: high
      message: "{proc.path} is a shell"
`;
