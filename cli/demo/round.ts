/** One round of the demo: the service under `lictor run`, as a user would start it, and every step through it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { assetPath } from '../../vm/host/assets.ts';
import { Exit } from '../exit.ts';
import { STEPS, type AttackEvent, type Service, type Step } from './attack.ts';
import type { LiveRecord } from '../../shim/sinks/sink.ts';
import { Records } from './records.ts';
import type { Stage } from './stage.ts';

export interface Outcome {
  readonly step: Step;
  readonly worked: boolean;
  readonly record: LiveRecord | null;
}

/** Why the service could not be guarded: what `lictor run` said, with exit code 125. */
export class NotGuarded extends Error {}

const SERVICE = assetPath('../cli/demo/service.mjs');
const POLICY = assetPath('../examples/web-service/policy.yaml');

const OBSERVE = `apiVersion: lictor.dev/v1
kind: Overlay
spec:
  target: {policy: web-service}
  mode: observe
`;

/** The command line of a round. */
export function commandLine(stage: Stage, mode: 'enforce' | 'observe', records: string): string[] {
  const policies = ['-p', POLICY];
  if (mode === 'observe') {
    writeFileSync(stage.file('observe.yaml'), OBSERVE);
    policies.push('-p', stage.file('observe.yaml'));
  }
  const set = ['secrets', 'system', 'uploads'].flatMap((name) => ['--set', `${name}=${stage.file(name)}`]);
  const service = [process.execPath, SERVICE, stage.directory, String(stage.backendPort)];
  return ['run', ...policies, ...set, '--set', `backend=${stage.backendPort}`, '--events', records, '--', ...service];
}

/**
 * @returns what came of each step
 * @throws NotGuarded where this machine cannot guard
 */
export async function round(stage: Stage, mode: 'enforce' | 'observe'): Promise<Outcome[]> {
  const file = stage.file(`records-${mode}.ndjson`);
  writeFileSync(file, '');
  const child = spawn(process.execPath, [assetPath('lictor.js'), ...commandLine(stage, mode, file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const listening = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const first = await Promise.race([listening, ended.then(([code]) => code)]);
  if (!Array.isArray(first)) {
    if (first === Exit.NotGuarded) throw new NotGuarded(complaint.trim().replace(/^error: /, ''));
    throw new Error(`the service did not start (${first}): ${complaint.trim()}`);
  }
  try {
    const records = new Records(file);
    const service: Service = {
      directory: stage.directory,
      base: `http://127.0.0.1:${first[0]}`,
      attacker: stage.attacker,
    };
    const outcomes: Outcome[] = [];
    for (const step of STEPS) {
      const worked = await step.run(service);
      const { about } = step;
      const record = about ? await records.find((event) => about(event as AttackEvent, service)) : null;
      outcomes.push({ step, worked, record });
    }
    return outcomes;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
