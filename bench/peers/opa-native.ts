/** OPA in Go, with a prepared query and parsed inputs: what an embedder would do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opa, withPolicy } from './opa-command.ts';
import type { Measured, Peer } from './peer.ts';

export const opaNative: Peer = {
  name: 'OPA, native',
  most: 100_000,
  prepare: async (rules) => ({
    measure: (events, milliseconds) =>
      withPolicy(rules, (folder, policy) => {
        const inputs = join(folder, 'events.ndjson');
        writeFileSync(inputs, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        return JSON.parse(opa(['measure', policy, inputs, String(milliseconds)])) as Measured;
      }),
  }),
};
