/** One policy on its own: a test of a policy must not pass or fail by what stands beside it. */
import type { Manifest } from '../../vm/bundle/manifest.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';

export interface Isolated {
  readonly normal: NormalForm;
  readonly manifest: Manifest;
}

/**
 * @param policy its name; exceptions and overlays are part of it already
 * @returns null where no such policy is built in: its mode is off
 */
export function isolate({ normal, manifest }: Isolated, policy: string): Isolated | null {
  const index = normal.policies.findIndex(({ name }) => name === policy);
  if (index < 0) return null;
  return {
    normal: { ...normal, policies: [normal.policies[index]] },
    manifest: {
      ...manifest,
      policies: [manifest.policies[index]],
      rules: manifest.rules.filter((rule) => rule.policy === index).map((rule) => ({ ...rule, policy: 0 })),
    },
  };
}
