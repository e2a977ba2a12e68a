/** Automata of what two automata say together, and of what one does not say (Rabin and Scott, IBM Journal 3, 1959). */
import { byteClasses } from './byte-classes.ts';
import type { Dfa } from './dfa.ts';

/** The automaton of all other strings. */
export const complement = (dfa: Dfa): Dfa => ({ ...dfa, accept: dfa.accept.map((held) => 1 - held) });

/**
 * The automaton of the strings that both accept, or that one of the two does. Where one has settled what comes of it
 * nothing more is told apart, so that texts that are looked for together take about as many states as they have bytes.
 * @param most states that it may have
 * @returns null where it would have more
 */
export const product = (op: 'and' | 'or', a: Dfa, b: Dfa, most: number): Dfa | null => {
  // a conjunction is settled by a string that one refuses whatever follows, a disjunction by one that it accepts so
  const decided = op === 'or' ? 1 : 0;
  const [ends, others] = [settled(a), settled(b)];
  const numbers = new Map<number, number>();
  const pairs: (readonly [number, number])[] = [];
  /** -1: both are past what could change the answer. */
  const numberOf = (i: number, j: number): number => {
    const [x, y] = [ends[i], others[j]];
    // where one says no more, what it says is nothing to the other
    const name =
      x === decided || y === decided ? -1 : (x >= 0 ? a.states : i) * (b.states + 1) + (y >= 0 ? b.states : j);
    let number = numbers.get(name);
    if (number === undefined) {
      numbers.set(name, (number = pairs.length));
      pairs.push([i, j]);
    }
    return number;
  };
  const columns = columnsOf(a, b);
  numberOf(a.start, b.start);
  const rows: Uint32Array[] = [];
  for (let n = 0; n < pairs.length; n++) {
    if (pairs.length > most) return null;
    const [i, j] = pairs[n];
    rows.push(Uint32Array.from(columns.bytes, (byte) => numberOf(a.next[i * 256 + byte], b.next[j * 256 + byte])));
  }
  const next = new Uint32Array(pairs.length * 256);
  rows.forEach((row, n) => columns.map.forEach((column, byte) => (next[n * 256 + byte] = row[column])));
  const accept = Uint8Array.from(pairs, ([i, j]) =>
    op === 'or' ? a.accept[i] | b.accept[j] : a.accept[i] & b.accept[j],
  );
  return { states: pairs.length, start: 0, accept, next };
};

/** By state: what the automaton says of all strings that come to it, whatever follows; -1 where that is open. */
const settled = ({ states, accept, next }: Dfa): Int8Array =>
  Int8Array.from({ length: states }, (_, state) => {
    for (let byte = 0; byte < 256; byte++) if (next[state * 256 + byte] !== state) return -1;
    return accept[state];
  });

/** Bytes that neither automaton tells apart are one column: by byte, and a byte of each. */
const columnsOf = (a: Dfa, b: Dfa): { readonly map: Uint8Array; readonly bytes: readonly number[] } => {
  const [one, other] = [byteClasses(a).map, byteClasses(b).map];
  const columns = new Map<number, number>();
  const bytes: number[] = [];
  const map = one.map((of, byte) => {
    const name = of * 256 + other[byte];
    let column = columns.get(name);
    if (column === undefined) columns.set(name, (column = bytes.push(byte) - 1));
    return column;
  });
  return { map, bytes };
};
