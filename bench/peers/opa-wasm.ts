/** The same Rego as OPA's compiler makes it a Wasm module, run by OPA's own package. The module has no rule index. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { opa, withPolicy } from './opa-command.ts';
import { importPeer } from './packages.ts';
import type { Peer, PeerEvent } from './peer.ts';

interface Policy {
  evaluate(input: PeerEvent): readonly { readonly result: unknown }[];
}
interface OpaWasm {
  readonly default: { loadPolicy(module: Uint8Array, memory: { readonly initial: number }): Promise<Policy> };
}

/** Pages of memory that it starts with: its module holds the rules and asks for more than the package gives by itself. */
const PAGES = 2048;

export const opaWasm: Peer = {
  name: 'OPA, Wasm',
  most: 10_000,
  prepare: async (rules) => {
    const { loadPolicy } = (await importPeer<OpaWasm>('@open-policy-agent/opa-wasm')).default;
    const module = withPolicy(rules, (folder, policy) => {
      const path = join(folder, 'policy.wasm');
      opa(['wasm', policy, path]);
      return readFileSync(path);
    });
    const policy = await loadPolicy(module, { initial: PAGES });
    return { decide: (event) => policy.evaluate(event)[0].result === true };
  },
};
