/** The launcher, by launching: namespaces, mounts and the filter are made for a program that does nothing. */
import { createWriteStream } from 'node:fs';
import { recordTrace } from '../run/record.ts';
import { lacking } from '../run/requirements.ts';
import type { Probe } from './report.ts';

export const launchProbes = async (): Promise<readonly Probe[]> => {
  if (lacking().length > 0)
    return [{ name: 'launcher', works: false, detail: 'not tried without privileges', help: 'run as root' }];
  const notes: string[] = [];
  const output = createWriteStream('/dev/null');
  const { exitCode, error, records } = await recordTrace({
    command: ['/bin/true'],
    output,
    stdio: ['ignore', 'ignore', 'ignore'],
    onNotice: (text) => notes.push(text),
  });
  output.end();
  if (exitCode !== 0)
    return [{ name: 'launcher', works: false, detail: error ?? `the workload ended with ${exitCode}`, help: null }];
  const detail = [`a workload was launched and observed: ${records} events`, ...notes].join('; ');
  return [{ name: 'launcher', works: true, detail, help: null }];
};
