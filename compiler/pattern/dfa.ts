/** Patterns to minimal deterministic automata over bytes. */
import { CharSet, DFA, NFA, TooManyNodesError, type Concatenation, type Element, type NoParent } from 'refa';
import type { Pattern } from './pattern.ts';
import { sizeOf } from './size.ts';

export interface Dfa {
  readonly states: number;
  readonly start: number;
  /** By state: 1 where a string may end. */
  readonly accept: Uint8Array;
  /** `next[state * 256 + byte]`; every state has a successor for every byte. */
  readonly next: Uint32Array;
}

const MAX = 255;
// To make one state of the automaton, at most all links between positions are followed: their product bounds the work.
const WORK = 16_000_000;
const MOST_POSITIONS = 64_000;
const MOST_LINKS = 100_000;

/**
 * The minimal automaton of a pattern, or null where it is over the budget: the work is bounded in any case, to a few
 * seconds at worst.
 * @param maxStates of the automaton before it is made minimal, and without its dead state
 */
export function toDfa(pattern: Pattern, maxStates: number): Dfa | null {
  const { positions, links } = sizeOf(pattern);
  if (positions > MOST_POSITIONS || links > MOST_LINKS) return null;
  try {
    const nfa = NFA.fromRegex(concatenation(pattern), { maxCharacter: MAX }, {}, new NFA.LimitedNodeFactory(Infinity));
    const states = Math.min(maxStates, Math.floor(WORK / linksOf(nfa)));
    const dfa = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(states));
    dfa.minimize();
    return table(dfa);
  } catch (error) {
    if (error instanceof TooManyNodesError) return null;
    throw error;
  }
}

/** Alternatives that start alike share positions, so these are fewer than was estimated. */
function linksOf(nfa: NFA): number {
  let links = 1;
  for (const node of nfa.nodes()) links += node.out.size;
  return links;
}

function concatenation(pattern: Pattern): NoParent<Concatenation> {
  return { type: 'Concatenation', elements: [element(pattern)] };
}

function element(pattern: Pattern): NoParent<Element> {
  switch (pattern.is) {
    case 'set':
      return { type: 'CharacterClass', characters: CharSet.fromCharacters(MAX, members(pattern.bytes)) };
    case 'cat':
      return { type: 'Alternation', alternatives: [{ type: 'Concatenation', elements: pattern.parts.map(element) }] };
    case 'alt':
      return { type: 'Alternation', alternatives: pattern.parts.map(concatenation) };
    case 'repeat':
      return {
        type: 'Quantifier',
        alternatives: [concatenation(pattern.of)],
        min: pattern.min,
        max: pattern.max ?? Infinity,
        lazy: false,
      };
  }
}

function* members(bytes: Uint8Array): Iterable<number> {
  for (let byte = 0; byte < 256; byte++) if (bytes[byte]) yield byte;
}

/** Numbers the states in the order in which they are reached, the start first; the dead state, where there is one, last. */
function table(dfa: DFA): Dfa {
  const numbers = new Map<DFA.ReadonlyNode, number>([[dfa.initial, 0]]);
  const order: DFA.ReadonlyNode[] = [dfa.initial];
  for (const node of order) {
    for (const target of node.out.values()) {
      if (numbers.has(target)) continue;
      numbers.set(target, order.length);
      order.push(target);
    }
  }
  // The automaton of no string at all is its dead state alone.
  const dead = order.length === 1 && dfa.isEmpty ? 0 : order.length;
  const next = new Uint32Array((dead + 1) * 256).fill(dead);
  const accept = new Uint8Array(dead + 1);
  order.forEach((node, state) => {
    accept[state] = +dfa.finals.has(node as DFA.Node);
    node.out.forEach((target, { min, max }) =>
      next.fill(numbers.get(target)!, state * 256 + min, state * 256 + max + 1),
    );
  });
  const isComplete = dead > 0 && !next.subarray(0, dead * 256).includes(dead);
  const states = isComplete ? dead : dead + 1;
  return { states, start: 0, accept: accept.slice(0, states), next: next.slice(0, states * 256) };
}
