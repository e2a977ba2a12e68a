/**
 * Other engines beside the VM, on the same events in the same run, by number of rules: as far as each goes before one
 * verdict, or making the engine ready, takes too long.
 */
import Table from 'cli-table3';
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
const VM = 'Lictor, Wasm, batch';

export interface PeerRow {
  readonly rules: number;
  readonly engine: string;
  /** Nanoseconds an event, the median round. */
  readonly ns: number;
}

export interface PeerResults {
  readonly rows: readonly PeerRow[];
  /** Engine → why it is missing, or why it ends where it does. */
  readonly notes: ReadonlyMap<string, string>;
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
  return { rows, notes };
};

/** Prints the table: nanoseconds an event and, in parentheses, how many times the VM's with as many rules. */
export const printPeers = ({ rows, notes }: PeerResults): void => {
  const sizes = [...new Set(rows.map((row) => row.rules))];
  const nsOf = (engine: string, rules: number): number | undefined =>
    rows.find((row) => row.engine === engine && row.rules === rules)?.ns;
  const table = new Table({ head: ['rules', ...sizes.map(String)], style: { head: [], border: [] } });
  for (const engine of new Set(rows.map((row) => row.engine))) {
    const cells = sizes.map((n) => {
      const ns = nsOf(engine, n);
      return ns === undefined ? '–' : `${ns.toFixed(0)} (${(ns / nsOf(VM, n)!).toPrecision(2)})`;
    });
    table.push([engine, ...cells]);
  }
  console.log(
    `Engines, exact program and exact file: ns an event (ratio to the VM with as many rules)\n${table.toString()}`,
  );
  for (const [engine, note] of notes) console.log(`${engine}: ${note}`);
};
