/** CEL in JavaScript: one parsed expression a rule, walked in order. */
import { importPeer } from './packages.ts';
import type { Peer, PeerEvent, PeerRule } from './peer.ts';

interface Cel {
  parse(expression: string): (context: PeerEvent) => unknown;
}

const expression = ({ program, file }: PeerRule): string =>
  [program && `program == ${JSON.stringify(program)}`, file && `file == ${JSON.stringify(file)}`]
    .filter(Boolean)
    .join(' && ');

export const cel: Peer = {
  name: 'cel-js',
  most: 100_000,
  prepare: async (rules) => {
    const { parse } = await importPeer<Cel>('@marcbachmann/cel-js');
    const tests = rules.map((rule) => parse(expression(rule)));
    return { decide: (event) => tests.some((test) => test(event) === true) };
  },
};
