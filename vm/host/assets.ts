/** Where built files lie: beside the bundled program, or in `dist/` of a checkout when it runs from source. */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = basename(here) === 'dist' ? here : join(here, '..', '..', 'dist');

/**
 * @param name path below `dist/`: `lictor-vm.wasm`, `bpf/exec.bpf.o`, `lictor-launch`
 * @returns the absolute path; nothing is said about whether it is there
 */
export const assetPath = (name: string): string => join(dist, name);
