/**
 * A filter as a graph of decisions, before it has addresses. Edges only lead on, never back: classic BPF cannot loop.
 * The machine has 32 bits and registers have 64, so each half of an argument is a word of its own.
 */

export type Node =
  | { readonly is: 'return'; readonly action: number }
  /** Puts a word of `struct seccomp_data`, or some of its bits, into the accumulator. */
  | { readonly is: 'load'; readonly offset: number; readonly mask: number; readonly next: Node }
  /** Compares the accumulator with `value`, both unsigned. */
  | { readonly is: 'test'; readonly op: Comparison; readonly value: number; readonly yes: Node; readonly no: Node };

export type Comparison = 'equal' | 'above' | 'at least' | 'any bit';

/** Offsets in `struct seccomp_data` (linux/seccomp.h): nr s32, arch u32, instruction pointer u64, six arguments u64. */
export const DATA = { nr: 0, arch: 4, args: 16, bytes: 64 } as const;
const ALL_BITS = 0xffffffff;

/** Ends with an action of the kernel. */
export const give = (action: number): Extract<Node, { is: 'return' }> => ({ is: 'return', action });

export const load = (offset: number, next: Node, mask = ALL_BITS): Node => ({ is: 'load', offset, mask, next });

/** Loads the lower half of an argument: all that the kernel looks at where it takes an int. */
export const low = (argument: number, next: Node, mask = ALL_BITS): Node => load(DATA.args + 8 * argument, next, mask);

export const high = (argument: number, next: Node, mask = ALL_BITS): Node =>
  load(DATA.args + 8 * argument + 4, next, mask);

export const test = (op: Comparison, value: number, yes: Node, no: Node): Node => ({ is: 'test', op, value, yes, no });

/** Registers of a call, as an enforcer has them before it. */
export interface Registers {
  low(argument: number): number;
  high(argument: number): number;
}

/** @returns the action that a graph over registers ends with; allocates nothing */
export const actionFor = (root: Node, registers: Registers): number => {
  let accumulator = 0;
  for (let node = root; ;) {
    if (node.is === 'return') return node.action;
    if (node.is === 'load') {
      const argument = (node.offset - DATA.args) >> 3;
      const word = (node.offset & 4) === 0 ? registers.low(argument) : registers.high(argument);
      accumulator = (word & node.mask) >>> 0;
      node = node.next;
    } else node = holds(node.op, accumulator, node.value) ? node.yes : node.no;
  }
};

const holds = (op: Comparison, accumulator: number, value: number): boolean => {
  if (op === 'equal') return accumulator === value;
  if (op === 'above') return accumulator > value;
  return op === 'at least' ? accumulator >= value : (accumulator & value) !== 0;
};

/** @returns a function that gives equal graphs the same nodes: what rules say of many calls is written once */
export const sharing = (): ((node: Node) => Node) => {
  const seen = new Map<Node, Node>();
  const known = new Map<string, Node>();
  const numbers = new Map<Node, number>();
  const number = (node: Node): number => numbers.get(node)!;
  const make = (node: Node): Node => {
    if (node.is === 'load') return { ...node, next: share(node.next) };
    return node.is === 'test' ? { ...node, yes: share(node.yes), no: share(node.no) } : node;
  };
  const keyOf = (node: Node): string => {
    if (node.is === 'return') return `${node.action}`;
    if (node.is === 'load') return `${node.offset} ${node.mask} ${number(node.next)}`;
    return `${node.op} ${node.value} ${number(node.yes)} ${number(node.no)}`;
  };
  const share = (node: Node): Node => {
    const before = seen.get(node);
    if (before) return before;
    const made = make(node);
    const key = keyOf(made);
    const shared = known.get(key) ?? made;
    if (shared === made) {
      known.set(key, made);
      numbers.set(made, numbers.size);
    }
    seen.set(node, shared);
    return shared;
  };
  return share;
};

/** @returns how many nodes there are, or more than `most` where there are more than that */
export const sizeOf = (root: Node, most: number): number => {
  const seen = new Set<Node>([root]);
  for (const node of seen) {
    if (seen.size > most) break;
    if (node.is === 'load') seen.add(node.next);
    else if (node.is === 'test') seen.add(node.yes).add(node.no);
  }
  return seen.size;
};

/** Whether the accumulator is one of these. */
export const oneOf = (values: readonly number[], yes: Node, no: Node): Node =>
  values.reduceRight((rest, value) => test('equal', value, yes, rest), no);
