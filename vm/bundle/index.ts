/** Bundles: what the compiler makes and every engine reads, as one file. */
import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import { readContainer, writeContainer } from './container.ts';
import type { Manifest } from './manifest.ts';
import { type KeptElements, pack } from './pack.ts';
import type { NormalForm } from './normal.ts';
import { manifestSchema, normalSchema, sourcesSchema } from './schema.ts';
import { unpack } from './unpack.ts';

export type { Manifest, ManifestPolicy, ManifestRule, SourceSpan } from './manifest.ts';

export interface BundleParts {
  readonly manifest: Manifest;
  readonly normal: NormalForm;
  /** Of the VM; empty where the policies were only checked. */
  readonly program: Uint8Array;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  /**
   * A program of its own whose questions are directories, of the kinds `file.read` and `file.write`: where both are plain
   * allows, so is every open of the directory and of what stands in it. Empty: nothing is known of directories.
   */
  readonly cover: Uint8Array;
}

export interface Bundle extends BundleParts {
  /** SHA-256 of the file, hexadecimal: the bundle's identity. */
  readonly digest: string;
}

/**
 * @param kept what was packed for earlier bundles
 * @returns the file: the same parts give the same bytes
 */
export function writeBundle(parts: BundleParts, kept?: KeptElements): Uint8Array {
  return writeContainer({
    manifest: pack(parts.manifest, kept),
    program: parts.program,
    normal: pack(parts.normal, kept),
    sources: pack(parts.sources, kept),
    cover: parts.cover,
  });
}

/**
 * @param bytes the whole file; `program` is a view of it, at a multiple of 8
 * @returns the bundle, or a message that says what is wrong with the file
 */
export function readBundle(bytes: Uint8Array): { bundle: Bundle } | { error: string } {
  const container = readContainer(bytes);
  if ('error' in container) return container;
  const { sections } = container;
  const manifest = read('manifest', sections.manifest, manifestSchema);
  if ('error' in manifest) return manifest;
  const normal = read('normal', sections.normal, normalSchema);
  if ('error' in normal) return normal;
  const sources = read('sources', sections.sources, sourcesSchema);
  if ('error' in sources) return sources;
  const error = disagreement(manifest.value, normal.value);
  if (error !== null) return { error };
  return {
    bundle: {
      manifest: manifest.value,
      normal: normal.value,
      program: sections.program,
      sources: sources.value,
      cover: sections.cover,
      digest: createHash('sha256').update(bytes).digest('hex'),
    },
  };
}

function read<T>(name: string, bytes: Uint8Array, schema: z.ZodMiniType<T>): { value: T } | { error: string } {
  const packed = unpack(bytes);
  if ('error' in packed) return { error: `the bundle is damaged: the section \`${name}\`: ${packed.error}` };
  try {
    const result = schema.safeParse(packed.value);
    if (result.success) return { value: packed.value as T };
    const [issue] = result.error.issues;
    return { error: `the bundle is damaged: the section \`${name}\` at \`${issue.path.join('.')}\`: ${issue.message}` };
  } catch (error) {
    // The depth of what a file holds is limited by the stack alone.
    if (error instanceof RangeError) return { error: `the bundle is damaged: the section \`${name}\` is too deep` };
    throw error;
  }
}

/** Verdicts carry numbers of policies and rules: both parts must count alike. */
function disagreement(manifest: Manifest, normal: NormalForm): string | null {
  const policies = manifest.policies.map((policy) => policy.name);
  const rules = manifest.rules.map((rule) => `${rule.policy}/${rule.name}`);
  const same =
    policies.join('\n') === normal.policies.map((policy) => policy.name).join('\n') &&
    rules.join('\n') === normal.policies.flatMap((policy, i) => policy.rules.map((r) => `${i}/${r.name}`)).join('\n');
  return same ? null : 'the bundle is damaged: its manifest and its rules disagree';
}
