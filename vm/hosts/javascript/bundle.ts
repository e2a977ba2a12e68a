/** Bundle files: digests checked, names read. */
import { digested, locate } from '../../bundle/layout.ts';
import { unpack } from '../../bundle/unpack.ts';
import { hex, sha256 } from './digest.ts';
import { LictorError } from './error.ts';
import { type BundleManifest, isManifest } from './manifest.ts';

/** Policies, compiled, with the names that verdicts carry as numbers. */
export class Bundle {
  /** SHA-256 of the file, hexadecimal: the bundle's identity. */
  readonly digest: string;
  readonly manifest: BundleManifest;
  /** What the module loads. */
  readonly program: Uint8Array;

  private constructor(digest: string, manifest: BundleManifest, program: Uint8Array) {
    this.digest = digest;
    this.manifest = manifest;
    this.program = program;
  }

  /**
   * Reads a file that `lictor build` made. Every section has to have the digest that the file states; signatures are checked
   * by `lictor verify`, not here.
   * @param file the whole of it, which is copied
   * @throws LictorError `bundle` where it is not sound
   */
  static async read(file: Uint8Array | ArrayBuffer): Promise<Bundle> {
    const bytes = new Uint8Array(file instanceof ArrayBuffer ? file.slice(0) : file);
    const found = locate(bytes);
    if ('error' in found) throw new LictorError('bundle', found.error);
    const [whole, ...digests] = await Promise.all(
      [bytes, ...found.located.map((section) => section.bytes)].map(sha256),
    );
    const checked = digested(found.located, digests);
    if ('error' in checked) throw new LictorError('bundle', checked.error);
    const manifest = unpack(checked.sections.manifest);
    if ('error' in manifest || !isManifest(manifest.value)) {
      const why = 'error' in manifest ? manifest.error : 'a member is missing or has another type';
      throw new LictorError('bundle', `the bundle is damaged: the section \`manifest\`: ${why}`);
    }
    return new Bundle(hex(whole), manifest.value, checked.sections.program);
  }

  /** `POLICY/RULE` of a verdict's rule, undefined for `NO_RULE`. */
  ruleName(rule: number): string | undefined {
    const { rules, policies } = this.manifest;
    return rules[rule] && `${policies[rules[rule].policy].name}/${rules[rule].name}`;
  }

  /** Name of a verdict's policy, undefined for `NO_POLICY`. */
  policyName(policy: number): string | undefined {
    return this.manifest.policies[policy]?.name;
  }
}
