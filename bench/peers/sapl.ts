/**
 * SAPL's embedded decision point behind its canonical index (count and eliminate): one policy a rule, with program and file as
 * subject and resource. Version 3: the decision diagram of version 4 has another interface.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable, type Measured, type Peer, type PeerRule } from './peer.ts';

const source = join(import.meta.dirname, 'sapl');
const libraries = join(import.meta.dirname, '..', '..', 'dist', 'peers', 'sapl');
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
let problem: string | undefined;

const install = (): void => {
  if (problem !== undefined) throw new Unavailable(problem);
  if (existsSync(join(libraries, 'complete'))) return;
  console.log("peers: fetching SAPL's libraries with Maven (once)");
  const args = ['--quiet', '--batch-mode', COPY, `-DoutputDirectory=${libraries}`];
  const { status, stdout, error } = spawnSync('mvn', args, { cwd: source, encoding: 'utf8' });
  if (status === 0) {
    writeFileSync(join(libraries, 'complete'), '');
    return;
  }
  problem = error ? 'Maven is not installed' : `its libraries could not be fetched: ${stdout.trim().split('\n')[0]}`;
  throw new Unavailable(problem);
};

const document = ({ program, file }: PeerRule, i: number): string => {
  const target = [
    program && `subject == ${JSON.stringify(program)}`,
    file && `resource == ${JSON.stringify(file)}`,
  ].filter(Boolean);
  return `policy "r${i}" deny ${target.join(' & ')}`;
};

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

export const sapl: Peer = {
  name: 'SAPL 3.0, JVM',
  most: 10_000,
  prepare: async (rules) => {
    install();
    return {
      measure: (events, milliseconds) => {
        const folder = mkdtempSync(join(tmpdir(), 'lictor-sapl-'));
        try {
          const [policies, inputs] = [join(folder, 'policies'), join(folder, 'events.ndjson')];
          writeFileSync(policies, lines(rules.map(document)));
          writeFileSync(inputs, lines(events.map((event) => JSON.stringify(event))));
          const program = join(source, 'Measure.java');
          const args = ['-Xss1g', '-cp', join(libraries, '*'), program, policies, inputs, String(milliseconds)];
          const { status, stdout, stderr, error } = spawnSync('java', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
          if (error) throw new Unavailable('Java is not installed');
          if (status !== 0)
            throw new Unavailable(`it failed: ${stderr.split('\n').find((line) => /rror|xception/.test(line))}`);
          return JSON.parse(stdout) as Measured;
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    };
  },
};
