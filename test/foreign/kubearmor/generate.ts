/** Random policies of KubeArmor over few paths, so that entries meet. */
import type { Random } from '../../generators/random.ts';
import type { ModelEntry, ModelPolicy } from './model.ts';

export const PATHS = ['/a/b', '/a/b/c', '/a/b/c/d', '/a/e', '/a/b/e', '/f', '/a/c/b'];
export const PROGRAMS = ['/bin/x', '/bin/y', '/a/b/c'];
const DIRECTORIES = ['/', '/a/', '/a/b/', '/a/b/c/'];
const ACTIONS = ['Allow', 'Audit', 'Block', 'Block'] as const;
export const LABELS: readonly Readonly<Record<string, string>>[] = [
  {},
  { app: 'web' },
  { app: 'db' },
  { tier: 'back' },
];

function randomEntry(r: Random, list: 'matchPaths' | 'matchDirectories' | 'matchPatterns', file: boolean): ModelEntry {
  const sourced = list !== 'matchPatterns' && r.chance(0.4);
  const target = {
    matchPaths: () => (!file && r.chance(0.3) ? { execname: r.pick(['b', 'c', 'e']) } : { path: r.pick(PATHS) }),
    matchDirectories: () => ({ dir: r.pick(DIRECTORIES), ...(r.chance(0.5) && { recursive: true }) }),
    matchPatterns: () => ({ pattern: r.pick(['/a/*', '/a/*/c', '/*/b/*', '/a/b/c']) }),
  }[list]();
  return {
    ...target,
    ...(sourced && { fromSource: r.list(1 + r.below(2), () => ({ path: r.pick(PROGRAMS) })) }),
    ...(r.chance(0.15) && { ownerOnly: true }),
    ...(file && r.chance(0.15) && { readOnly: true }),
    ...(list !== 'matchPatterns' && r.chance(0.15) && { pts: false }),
    action: r.pick(ACTIONS),
  };
}

const randomSection = (r: Random, file: boolean): object => ({
  matchPaths: r.list(r.below(3), () => randomEntry(r, 'matchPaths', file)),
  matchDirectories: r.list(r.below(3), () => randomEntry(r, 'matchDirectories', file)),
  matchPatterns: r.list(r.below(2), () => randomEntry(r, 'matchPatterns', file)),
});

const HEAD = { apiVersion: 'security.kubearmor.com/v1', kind: 'KubeArmorPolicy' };

const randomPolicy = (r: Random, n: number): ModelPolicy => ({
  ...HEAD,
  metadata: { name: `policy-${n}`, namespace: r.pick(['shop', 'shop', 'bank']) },
  spec: {
    severity: 1 + r.below(10),
    selector: { matchLabels: r.pick(LABELS) },
    process: randomSection(r, false),
    file: randomSection(r, true),
  },
});

export const randomPolicies = (r: Random): ModelPolicy[] =>
  Array.from({ length: 1 + r.below(4) }, (_, n) => randomPolicy(r, n));
