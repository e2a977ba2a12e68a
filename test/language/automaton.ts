/** Running automata, and drawing strings that they accept. */
import type { Dfa } from '../../compiler/pattern/index.ts';

/** Whether the automaton accepts the byte string. */
export function accepts(dfa: Dfa, bytes: string): boolean {
  let state = dfa.start;
  for (let i = 0; i < bytes.length; i++) state = dfa.next[state * 256 + bytes.charCodeAt(i)];
  return dfa.accept[state] === 1;
}

/** The states from which a string can still be accepted. */
export function live(dfa: Dfa): Set<number> {
  const states = new Set(Array.from(dfa.accept.keys()).filter((state) => dfa.accept[state] === 1));
  for (let size = -1; size !== states.size;) {
    size = states.size;
    for (let state = 0; state < dfa.states; state++) {
      if (dfa.next.subarray(state * 256, state * 256 + 256).some((next) => states.has(next))) states.add(state);
    }
  }
  return states;
}

/** A string that the automaton accepts, by steps that `pick` chooses among so many; null where it accepts none. */
export function draw(dfa: Dfa, pick: (count: number) => number, longest = 40): string | null {
  const alive = live(dfa);
  if (!alive.has(dfa.start)) return null;
  let bytes = '';
  for (let state = dfa.start; ;) {
    const onwards = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
      alive.has(dfa.next[state * 256 + byte]),
    );
    const canEnd = dfa.accept[state] === 1;
    if (canEnd && (onwards.length === 0 || bytes.length >= longest || pick(4) === 0)) return bytes;
    if (bytes.length > 4 * longest) return null;
    const byte = onwards[pick(onwards.length)];
    bytes += String.fromCharCode(byte);
    state = dfa.next[state * 256 + byte];
  }
}
