/** Runs a workload under a policy for a test, with its output and records kept. */
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runWorkload, type RunOptions, type RunResult } from '../../shim/run/index.ts';
import type { LiveRecord } from '../../shim/sinks/sink.ts';
import { bundleOf } from './build.ts';

export interface Outcome extends RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly all: readonly LiveRecord[];
  readonly notices: readonly string[];
}

/** A policy named `test` from the text of its `spec`, or of its rules. */
export const policy = (rules: string, head = 'mode: enforce'): string => `
apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: test}
spec:
  ${head}
  rules:
${rules
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`;

/** A folder that is removed after `use`. */
export const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Waits until a file is there. @throws after half a minute: what should make it has failed */
export const appears = async (path: string): Promise<void> => {
  for (let tries = 0; !existsSync(path); tries++) {
    if (tries === 3000) throw new Error(`${path} does not appear`);
    await sleep(10);
  }
};

export const runUnder = async (
  folder: string,
  text: string,
  command: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<Outcome> => {
  const [out, err] = ['stdout', 'stderr'].map((name) => join(folder, name));
  const descriptors = [openSync(out, 'w'), openSync(err, 'w')] as const;
  const all: LiveRecord[] = [];
  const notices: string[] = [];
  try {
    const result = await runWorkload({
      bundle: bundleOf(text),
      command,
      cwd: folder,
      stdio: ['ignore', ...descriptors],
      sink: { write: (record) => void all.push(record), close: async () => {} },
      onNotice: (notice) => notices.push(notice),
      ...options,
    });
    return { ...result, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8'), all, notices };
  } finally {
    descriptors.forEach(closeSync);
  }
};

/** `deny no-secrets /etc/shadow` for each record: action, rule and the object's path. */
export const summary = (records: readonly LiveRecord[]): readonly string[] =>
  records.map((record) => {
    const event = record.event as { kind: string; proc?: { path?: string }; file?: { path?: string } };
    const object = event.kind === 'exec' ? event.proc?.path : event.file?.path;
    return [record.action, record.rule, object].filter(Boolean).join(' ');
  });

/** What guards a launched workload, for `kernelTest`. */
export const GUARD = ['root', 'bpf', 'cgroup', 'fanotify', 'seccomp'] as const;
