/** OPA's Go library as a command of ours, built when the benchmark first asks for it, and the rules in Rego. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable, type PeerRule } from './peer.ts';

const source = join(import.meta.dirname, 'opa');
const folder = join(import.meta.dirname, '..', '..', 'dist', 'peers');
const binary = join(folder, 'opa');
let built: true | Unavailable | undefined;

const build = (): void => {
  if (built === undefined) {
    mkdirSync(folder, { recursive: true });
    console.log('peers: building OPA from its Go modules (minutes when it is the first time)');
    const { status, stderr, error } = spawnSync('go', ['build', '-o', binary, '.'], { cwd: source, encoding: 'utf8' });
    const reason = error ? 'Go is not installed' : stderr.trim().split('\n').at(-1);
    built = status === 0 ? true : new Unavailable(`OPA could not be built: ${reason}`);
  }
  if (built !== true) throw built;
};

/**
 * Each rule is a body of equalities between a path into the input and a constant, all under one name: the form that OPA's
 * rule index takes, which then finds the bodies to evaluate by walking a trie of these paths and constants.
 */
const rego = (rules: readonly PeerRule[]): string => {
  const bodies = rules.map(
    (rule) =>
      `deny if {\n${Object.entries(rule)
        .map(([name, value]) => `  input.${name} == ${JSON.stringify(value)}\n`)
        .join('')}}`,
  );
  return `package lictor\n\ndefault deny := false\n\n${bodies.join('\n\n')}\n`;
};

/** A folder that goes when `use` returns, with the rules as `policy.rego`. */
export const withPolicy = <T>(rules: readonly PeerRule[], use: (folder: string, policy: string) => T): T => {
  build();
  const temporary = mkdtempSync(join(tmpdir(), 'lictor-opa-'));
  try {
    const policy = join(temporary, 'policy.rego');
    writeFileSync(policy, rego(rules));
    return use(temporary, policy);
  } finally {
    rmSync(temporary, { recursive: true });
  }
};

/** @returns what the command printed */
export const opa = (args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`opa ${args[0]}: ${stderr}`);
  return stdout;
};
