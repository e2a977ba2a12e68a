/** json-rules-engine: one rule a rule, all in one engine. It has no first match: every rule runs. */
import { importPeer } from './packages.ts';
import type { Peer, PeerEvent, PeerRule } from './peer.ts';

interface Engine {
  addRule(rule: unknown): void;
  run(facts: PeerEvent): Promise<{ readonly events: readonly unknown[] }>;
}

const conditions = (rule: PeerRule): unknown[] =>
  Object.entries(rule).map(([fact, value]) => ({ fact, operator: 'equal', value }));

export const jsonRules: Peer = {
  name: 'json-rules-engine',
  most: 10_000,
  prepare: async (rules) => {
    const { Engine } = await importPeer<{ Engine: new () => Engine }>('json-rules-engine');
    const engine = new Engine();
    for (const rule of rules) engine.addRule({ conditions: { all: conditions(rule) }, event: { type: 'deny' } });
    return { decide: async ({ program, file }) => (await engine.run({ program, file })).events.length > 0 };
  },
};
