/**
 * From a graph to `struct sock_filter[]` (linux/filter.h): code u16, jt u8, jf u8, k u32, eight bytes each.
 *
 * Jumps only lead forward, so the program is written from its end: where an edge leads is known when it is written. A
 * test reaches 255 instructions far; what lies beyond is reached by a jump of its own, right behind the test.
 */
import type { Comparison, Node } from './graph.ts';

export const INSTRUCTION_BYTES = 8;
/** Most instructions that the kernel takes: BPF_MAXINSNS. */
export const MAX_INSTRUCTIONS = 4096;
const REACH = 255;

/** Codes of classic BPF: class, size or operation, and source in one number. */
export const CODE = { load: 0x20, and: 0x54, jump: 0x05, return: 0x06 } as const;
export const COMPARE: Readonly<Record<Comparison, number>> = {
  equal: 0x15,
  above: 0x25,
  'at least': 0x35,
  'any bit': 0x45,
};

type Instruction = readonly [code: number, k: number, jt: number, jf: number];

/** What is written before a node, in this order. */
const successors = (node: Node): readonly Node[] => {
  if (node.is === 'return') return [];
  return node.is === 'load' ? [node.next] : [node.no, node.yes];
};

class Writer {
  /** Last first. */
  readonly written: Instruction[] = [];
  /** By node: how many instructions there are from its first one to the end. */
  readonly #places = new Map<Node, number>();

  /** Writes a graph from its ends, without recursion: it can be deeper than the stack. */
  write(root: Node): void {
    const open = [root];
    for (let node = open.at(-1); node; node = open.at(-1)) {
      const next = successors(node).find((one) => !this.#places.has(one));
      if (next) open.push(next);
      else {
        if (!this.#places.has(node)) this.#places.set(node, this.#write(node));
        open.pop();
      }
    }
  }

  /** @returns the place of the first instruction of a node that is written */
  #placeOf(node: Node): number {
    const known = this.#places.get(node)!;
    if (node.is !== 'return' || this.#isNear(known)) return known;
    // an answer that is far is written again: that costs no more than a jump to it
    const place = this.#write(node);
    this.#places.set(node, place);
    return place;
  }

  #write(node: Node): number {
    if (node.is === 'return') return this.#put(CODE.return, node.action);
    if (node.is === 'load') {
      this.#goTo(this.#placeOf(node.next));
      if (node.mask !== 0xffffffff) this.#put(CODE.and, node.mask);
      return this.#put(CODE.load, node.offset);
    }
    const yes = this.#near(this.#placeOf(node.yes));
    const no = this.#near(this.#placeOf(node.no));
    const { length } = this.written;
    return this.#put(COMPARE[node.op], node.value, length - yes, length - no);
  }

  /** Whether a test can still reach a place when one more instruction was written. */
  #isNear(place: number): boolean {
    return this.written.length - place < REACH;
  }

  /** @returns the place itself, or that of a jump to it */
  #near(place: number): number {
    return this.#isNear(place) ? place : this.#put(CODE.jump, this.written.length - place);
  }

  /** The next instruction to be written goes on at a place. */
  #goTo(place: number): void {
    if (place !== this.written.length) this.#put(CODE.jump, this.written.length - place);
  }

  #put(code: number, k: number, jt = 0, jf = 0): number {
    return this.written.push([code, k >>> 0, jt, jf]);
  }
}

/**
 * @param root where the filter begins
 * @returns the program's bytes, or null where the kernel would not take so many instructions
 */
export const assemble = (root: Node): Uint8Array | null => {
  const writer = new Writer();
  writer.write(root);
  const program = writer.written.reverse();
  if (program.length > MAX_INSTRUCTIONS) return null;
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, k, jt, jf], i) => {
    view.setUint16(i * INSTRUCTION_BYTES, code, true);
    view.setUint8(i * INSTRUCTION_BYTES + 2, jt);
    view.setUint8(i * INSTRUCTION_BYTES + 3, jf);
    view.setUint32(i * INSTRUCTION_BYTES + 4, k, true);
  });
  return bytes;
};
