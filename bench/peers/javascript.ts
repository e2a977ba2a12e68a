/** What a user would write without an engine. */
import type { Peer, PeerEvent } from './peer.ts';

/** A walk over hand-written predicates. */
export const closures: Peer = {
  name: 'JavaScript closures',
  most: 100_000,
  prepare: async (rules) => {
    const tests = rules.map(({ program, file }): ((event: PeerEvent) => boolean) => {
      if (file === undefined) return (event) => event.program === program;
      if (program === undefined) return (event) => event.file === file;
      return (event) => event.program === program && event.file === file;
    });
    return { decide: (event) => tests.some((test) => test(event)) };
  },
};

/** Hashes of the strings: the fastest that these shapes of rules allow, and no other shape. */
export const map: Peer = {
  name: 'JavaScript Map',
  most: Infinity,
  prepare: async (rules) => {
    const keys = new Set(rules.map(({ program, file }) => `${program ?? ''}\0${file ?? ''}`));
    return {
      decide: ({ program, file }) =>
        keys.has(`${program}\0${file}`) || keys.has(`${program}\0`) || keys.has(`\0${file}`),
    };
  },
};
