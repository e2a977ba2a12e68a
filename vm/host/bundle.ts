/**
 * A bundle in the VM. Records are written straight into the VM's memory (`input`), verdicts are read straight from it by
 * number: nothing is allocated on the path of an event.
 */
import type { Decision, PlaneDecision } from '../event/decision.ts';
import { RECORD, RING } from '../spec/record.ts';
import { ACTIONS, NO_POLICY, NO_RULE, VERDICT, VERDICT_FLAGS } from '../spec/verdict.ts';
import { checked, type Vm } from './vm.ts';

const FIRST_INPUT = 1 << 16;
const NOTES = 4096;
const ACTUAL = 0x80000000;
const AS_IF = 0x40000000;
const NUMBER = 0x3fffffff;

export class VmBundle {
  readonly #vm: Vm;
  readonly #handle: number;
  readonly #program: number;
  #input: number;
  #inputBytes = FIRST_INPUT;
  #out: number;
  #cap: number;
  #notes: number;
  #notesCap = NOTES;
  #verdicts!: DataView;
  #view!: Uint8Array;

  /** Made by `Vm.load`. */
  constructor(vm: Vm, handle: number, program: number) {
    this.#vm = vm;
    this.#handle = handle;
    this.#program = program;
    this.#input = vm.allocate(FIRST_INPUT);
    this.#cap = verdictsOf(FIRST_INPUT);
    this.#out = vm.allocate(this.#cap * VERDICT.size);
    this.#notes = vm.allocate(NOTES * 4);
    this.#look();
  }

  /** Gives all its memory back; nothing may be called after it. */
  unload(): void {
    this.#vm.raw.unload(this.#handle);
    for (const pointer of [this.#program, this.#input, this.#out, this.#notes]) this.#vm.raw.free(pointer);
  }

  /** Worst-case steps of an event of the kind, in a workload that is known or in one that is not, at most 2^31 - 1. */
  cost(kind: number, unknown = false): number {
    return checked('cost', this.#vm.raw.cost(this.#handle, kind, Number(unknown)));
  }

  /**
   * @param key a number other than 0 that later records name
   * @param record facts in the form of a record
   * @throws VmError where the record is not well formed
   */
  putSubject(key: bigint, record: Uint8Array): void {
    this.#put((pointer) => this.#vm.raw.subject_put(this.#handle, key, pointer, record.length), record, 'subject_put');
  }
  /** Forgets a subject; one that is not there is no error. */
  dropSubject(key: bigint): void {
    this.#vm.raw.subject_drop(this.#handle, key);
  }
  /** As `putSubject`, of a workload. */
  putWorkload(key: bigint, record: Uint8Array): void {
    this.#put(
      (pointer) => this.#vm.raw.workload_put(this.#handle, key, pointer, record.length),
      record,
      'workload_put',
    );
  }
  /** As `dropSubject`, of a workload. */
  dropWorkload(key: bigint): void {
    this.#vm.raw.workload_drop(this.#handle, key);
  }

  /**
   * A view of the VM's memory to write records into. Take it anew for each batch: memory that grows detaches it.
   * @param bytes how many it must hold
   */
  input(bytes: number): Uint8Array {
    if (bytes > this.#inputBytes) {
      this.#vm.raw.free(this.#input);
      this.#vm.raw.free(this.#out);
      this.#inputBytes = bytes;
      this.#cap = verdictsOf(bytes);
      this.#input = this.#vm.allocate(bytes);
      this.#out = this.#vm.allocate(this.#cap * VERDICT.size);
      this.#look();
    } else this.#attach();
    return this.#view;
  }

  /**
   * Decides on the records in the first `length` bytes of the input.
   * @param offset where in the input the records begin
   * @returns the number of verdicts; fewer than records where notes filled their array: go on behind the last one
   */
  evaluate(length: number, offset = 0): number {
    const n = this.#vm.raw.evaluate(this.#handle, this.#input + offset, length - offset, this.#out, this.#cap);
    this.#attach();
    return checked('evaluate', n);
  }

  /** The same over a span copied from a BPF ring buffer, headers included; discarded records have no verdict. */
  evaluateRing(length: number, offset = 0): number {
    const n = this.#vm.raw.evaluate_ring(this.#handle, this.#input + offset, length - offset, this.#out, this.#cap);
    this.#attach();
    return checked('evaluate_ring', n);
  }

  /**
   * Decides on all records that stand one behind the other, copied into the input first.
   * @param each is called for each verdict, with its number in the last batch: `action(i)`, `rule(i)` and the others read it
   * @returns the number of verdicts
   */
  evaluateAll(records: Uint8Array, each: (vm: VmBundle, i: number) => void): number {
    this.input(records.length).set(records);
    let verdicts = 0;
    for (let offset = 0; offset < records.length;) {
      const n = this.evaluate(records.length, offset);
      if (n === 0) break;
      verdicts += n;
      for (let i = 0; i < n; i++) {
        each(this, i);
        offset = behind(records, offset);
      }
    }
    return verdicts;
  }

  /** Of the last batch's `i`-th verdict: the action, an index into ACTIONS, by strictness. */
  action(i: number): number {
    return this.#verdicts.getUint8(i * VERDICT.size);
  }
  /** Bits of VERDICT_FLAGS: what else there is to the verdict. */
  flags(i: number): number {
    return this.#verdicts.getUint8(i * VERDICT.size + VERDICT.flags);
  }
  /** Number of the errno with which the operation fails, 0 where it passes. */
  errno(i: number): number {
    return this.#verdicts.getUint8(i * VERDICT.size + VERDICT.errno);
  }
  /** What the action would be if every observing policy were enforced. */
  asIfAction(i: number): number {
    return this.#verdicts.getUint8(i * VERDICT.size + VERDICT.asIfAction);
  }
  /** Rule number, NO_RULE for none. */
  rule(i: number): number {
    return this.#verdicts.getUint32(i * VERDICT.size + VERDICT.rule, true);
  }
  asIfRule(i: number): number {
    return this.#verdicts.getUint32(i * VERDICT.size + VERDICT.asIfRule, true);
  }
  /** Policy number, NO_POLICY for none. */
  policy(i: number): number {
    return this.#verdicts.getUint16(i * VERDICT.size + VERDICT.policy, true);
  }
  asIfPolicy(i: number): number {
    return this.#verdicts.getUint16(i * VERDICT.size + VERDICT.asIfPolicy, true);
  }

  /** The whole of a verdict, with what it noted. Allocates: for tools and records, not for the path of an event. */
  decision(i: number): Decision {
    const flags = this.flags(i);
    const noted = flags & VERDICT_FLAGS.matches ? this.#numbers(i, 'matches') : [];
    const plane = (bit: number): number[] => noted.filter((n) => n & bit).map((n) => n & NUMBER);
    const assumed = flags & VERDICT_FLAGS.assumed ? this.#numbers(i, 'assumed').sort((a, b) => a - b) : [];
    return {
      actual: planeOf(
        this.action(i),
        this.policy(i),
        this.rule(i),
        (flags & VERDICT_FLAGS.default) !== 0,
        plane(ACTUAL),
      ),
      asIf: planeOf(
        this.asIfAction(i),
        this.asIfPolicy(i),
        this.asIfRule(i),
        (flags & VERDICT_FLAGS.asIfDefault) !== 0,
        plane(AS_IF),
      ),
      errno: this.errno(i),
      assumed,
    };
  }

  #put(put: (pointer: number) => number, record: Uint8Array, what: string): void {
    const pointer = this.#vm.allocate(record.length);
    new Uint8Array(this.#vm.raw.memory.buffer, pointer, record.length).set(record);
    const status = put(pointer);
    this.#vm.raw.free(pointer);
    this.#attach();
    checked(what, status);
  }

  /** Memory that grew detached the views of it. */
  #attach(): void {
    if (this.#view.buffer !== this.#vm.raw.memory.buffer) this.#look();
  }

  #look(): void {
    const { buffer } = this.#vm.raw.memory;
    this.#view = new Uint8Array(buffer, this.#input, this.#inputBytes);
    this.#verdicts = new DataView(buffer, this.#out, this.#cap * VERDICT.size);
  }

  #numbers(i: number, which: 'matches' | 'assumed'): number[] {
    const raw = this.#vm.raw;
    let n = checked(which, raw[which](this.#handle, i, this.#notes, this.#notesCap));
    if (n > this.#notesCap) {
      raw.free(this.#notes);
      this.#notesCap = n;
      this.#notes = this.#vm.allocate(n * 4);
      n = checked(which, raw[which](this.#handle, i, this.#notes, n));
      this.#attach();
    }
    return [...new Uint32Array(raw.memory.buffer, this.#notes, n)];
  }
}

/** Verdicts that a span can ask for at most: one a record, and the smallest record in a ring is a header and no slots. */
const verdictsOf = (bytes: number): number => Math.ceil(bytes / Math.min(RECORD.header, RING.header)) + 1;

/** Where the record behind the one at `offset` begins; one whose size cannot be believed is the last. */
function behind(records: Uint8Array, offset: number): number {
  const left = records.length - offset;
  if (left < RECORD.header) return records.length;
  const size =
    (records[offset] | (records[offset + 1] << 8) | (records[offset + 2] << 16) | (records[offset + 3] << 24)) >>> 0;
  return size < RECORD.header || size > left || size % 8 !== 0 ? records.length : offset + size;
}

const planeOf = (
  action: number,
  policy: number,
  rule: number,
  isDefault: boolean,
  matches: number[],
): PlaneDecision => ({
  action: ACTIONS[action],
  policy: policy === NO_POLICY ? -1 : policy,
  rule: rule === NO_RULE ? -1 : rule,
  default: isDefault,
  matches,
});
