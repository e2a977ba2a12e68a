/** `-b BUNDLE`: the file, read and checked. */
import { readFileSync, statSync } from 'node:fs';
import { readBundle, type Bundle } from '../../vm/bundle/index.ts';
import type { Option } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { size } from '../output/text.ts';
import { cannot } from './paths.ts';

/** Bytes of a bundle: a limit of sanity, far above what a million rules take. */
const BUNDLE_BYTES = 2 ** 30;

export const BUNDLE_OPTION = {
  type: 'text',
  short: 'b',
  value: 'BUNDLE',
  completes: 'file',
  required: true,
  doc: 'a bundle that `lictor build` made',
} as const satisfies Option;

/**
 * @returns the bundle and its whole file
 * @throws Stop where the file is missing, unreadable, or not a sound bundle
 */
export function openBundleFile(path: string): { bundle: Bundle; bytes: Uint8Array } {
  let bytes: Uint8Array;
  try {
    const { size: length } = statSync(path);
    if (length > BUNDLE_BYTES) {
      throw new Stop(Exit.Findings, `\`${path}\` has ${size(length)}; a bundle may have ${size(BUNDLE_BYTES)}`);
    }
    bytes = readFileSync(path);
  } catch (error) {
    throw error instanceof Stop ? error : cannot('read', path, error);
  }
  const read = readBundle(bytes);
  if ('error' in read) {
    throw new Stop(Exit.Findings, `\`${path}\`: ${read.error}`, '`lictor build` makes a bundle from policies');
  }
  return { bundle: read.bundle, bytes };
}

/** @throws Stop as `openBundleFile` */
export const openBundle = (path: string): Bundle => openBundleFile(path).bundle;
