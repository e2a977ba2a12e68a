/** The bundle file: sections behind a table of digests. Read and written here, nowhere else. */

export interface BundleSections {
  /** MessagePack of `Manifest`. */
  readonly manifest: Uint8Array;
  /** The VM's program, used in place. */
  readonly program: Uint8Array;
  /** MessagePack of `NormalForm`. */
  readonly normal: Uint8Array;
  /** MessagePack of `{path, text}[]`. */
  readonly sources: Uint8Array;
}
