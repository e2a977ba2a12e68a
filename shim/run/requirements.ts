/** What `run` and `record` need of the machine before they try; each thing that lacks is named with what to do. */
import { existsSync, readFileSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';

/** Capabilities by their bit: for cgroups, namespaces, marks; for BPF; for other processes' memory. */
const CAPABILITIES: readonly (readonly [name: string, bit: number])[] = [
  ['CAP_SYS_ADMIN', 21],
  ['CAP_SYS_PTRACE', 19],
  ['CAP_KILL', 5],
  ['CAP_SETPCAP', 8],
];

const effective = (): bigint =>
  BigInt(`0x${/^CapEff:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);

/** @returns one line for each thing that is lacking; empty: try */
export const lacking = (): readonly string[] => {
  if (process.platform !== 'linux') return [`Linux: this is ${process.platform}`];
  if (process.arch !== 'x64') return [`x86-64: this is ${process.arch}`];
  const caps = effective();
  const missing = CAPABILITIES.filter(([, bit]) => ((caps >> BigInt(bit)) & 1n) === 0n).map(([name]) => name);
  const found: string[] = [];
  if (missing.length > 0) found.push(`${missing.join(', ')}: run as root (sudo), in the initial user namespace`);
  if (!existsSync(assetPath('lictor-launch'))) found.push('the launcher: build it with `npm run build` (needs gcc)');
  return found;
};
