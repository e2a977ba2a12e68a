/** The names of a bundle, held against the types that callers rely on. */
import type { Manifest, ManifestPolicy, ManifestRule } from '../../bundle/manifest.ts';

/** What people read of a bundle. What a host has no use for is left out of the type. */
export interface BundleManifest extends Pick<Manifest, 'name' | 'version' | 'kinds' | 'fields'> {
  /** By the number of a verdict's policy. */
  readonly policies: readonly Pick<ManifestPolicy, 'name' | 'description' | 'mode' | 'tier'>[];
  /** By the number of a verdict's rule. */
  readonly rules: readonly Pick<
    ManifestRule,
    'name' | 'policy' | 'action' | 'severity' | 'tags' | 'message' | 'log' | 'when'
  >[];
}

type Is = (value: unknown) => boolean;

const text: Is = (value) => typeof value === 'string';
const textOrNull: Is = (value) => value === null || text(value);
const listOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const objectOf = (members: Readonly<Record<string, Is>>): Is => {
  const entries = Object.entries(members);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, is]) => is((value as Record<string, unknown>)[name]));
};

const manifest = objectOf({
  name: text,
  version: text,
  kinds: listOf(text),
  fields: listOf(text),
  policies: listOf(objectOf({ name: text, description: textOrNull, mode: text, tier: text })),
  rules: listOf(
    objectOf({
      name: text,
      policy: Number.isInteger,
      action: text,
      severity: textOrNull,
      tags: listOf(text),
      message: textOrNull,
      log: text,
      when: text,
    }),
  ),
});

/** Whether a value is a manifest, and each of its rules of a policy that is there. */
export const isManifest = (value: unknown): value is BundleManifest =>
  manifest(value) &&
  (value as BundleManifest).rules.every(({ policy }) => (value as BundleManifest).policies[policy] !== undefined);
