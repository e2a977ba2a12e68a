/**
 * Other engines beside the VM, on the same events in the same run, by number of rules: as far as each goes before one
 * verdict, or making the engine ready, takes too long.
 */
import { cedar } from './cedar.ts';
import { cel } from './cel.ts';
import { closures, map } from './javascript.ts';
import { jsonRules } from './json-rules.ts';
import { timePeer, timeVm } from './measure.ts';
import { opaNative } from './opa-native.ts';
import { opaWasm } from './opa-wasm.ts';
import { sapl } from './sapl.ts';
import type { Peer } from './peer.ts';
import { peerEvents, peerRules } from './rules.ts';

/** In the order of the table. */
const PEERS: readonly Peer[] = [map, closures, opaNative, cel, opaWasm, sapl, cedar, jsonRules];

const EVENTS = 4096;
/** The row that the others are compared with. */
export const VM = 'Lictor, Wasm, batch';

export interface PeerRow {
  readonly rules: number;
  readonly engine: string;
  /** Nanoseconds an event, the median round. */
  readonly ns: number;
}

export interface PeerResults {
  readonly rows: readonly PeerRow[];
  /** Engine → why it is missing, or why it ends where it does. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Runs every peer at every size that it reaches. */
export const benchPeers = async (sizes: readonly number[]): Promise<PeerResults> => {
  const rows: PeerRow[] = [];
  const notes = new Map<string, string>();
  for (const n of sizes) {
    const rules = peerRules(n);
    const events = peerEvents(rules, EVENTS);
    const vm = await timeVm(rules, events);
    rows.push({ rules: n, engine: VM, ns: vm.ns });
    for (const peer of PEERS.filter(({ name }) => !notes.has(name))) {
      if (n > peer.most) {
        notes.set(peer.name, `not tried with more than ${peer.most} rules`);
        continue;
      }
      const measured = await timePeer(peer, rules, events, vm.denied);
      if ('ns' in measured) rows.push({ rules: n, engine: peer.name, ns: measured.ns });
      if ('note' in measured && measured.note) notes.set(peer.name, measured.note);
    }
  }
  return { rows, notes: Object.fromEntries(notes) };
};
