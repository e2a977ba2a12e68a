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
export const give = (action: number): Node => ({ is: 'return', action });

export const load = (offset: number, next: Node, mask = ALL_BITS): Node => ({ is: 'load', offset, mask, next });

/** Loads the lower half of an argument: all that the kernel looks at where it takes an int. */
export const low = (argument: number, next: Node, mask = ALL_BITS): Node => load(DATA.args + 8 * argument, next, mask);

export const high = (argument: number, next: Node, mask = ALL_BITS): Node =>
  load(DATA.args + 8 * argument + 4, next, mask);

export const test = (op: Comparison, value: number, yes: Node, no: Node): Node => ({ is: 'test', op, value, yes, no });

/** Whether the accumulator is one of these. */
export const oneOf = (values: readonly number[], yes: Node, no: Node): Node =>
  values.reduceRight((rest, value) => test('equal', value, yes, rest), no);
