/**
 * Events that sensors saw: facts of processes are kept from them, and the kinds that nobody asks about synchronously are
 * decided after the fact; DNS queries, where the kernel holds them, before they leave.
 *
 * INVARIANT: the ring is drained before each question, so facts are those of the program that asks: the record of an
 * exec is in the ring before the new program's first instruction.
 */
import { combine } from '../../vm/host/combine.ts';
import { decodeRecord, fieldId, type Event } from '../../vm/event/index.ts';
import { KINDS, LIMITS, RECORD, RECORD_FLAGS, RING, SLOT, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import type { Ring } from '../kernel/ring.ts';
import { QueryPacket, settleQueries, subjectPid, type PathSettler } from '../sensors/index.ts';
import type { Processes } from '../workloads/processes.ts';
import { ACTION, type Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import type { JudgeConfig } from './judge.ts';
import type { Queries } from './queries.ts';
import { KIND } from './questions.ts';
import type { Report } from './report.ts';

const SPAN_BYTES = 4 * (LIMITS.recordBytes.value + RING.header);
const NOTABLE = VERDICT_FLAGS.would | VERDICT_FLAGS.matches | VERDICT_FLAGS.assumed;
const FORK = KIND['proc.fork'];
const EXIT = KIND['proc.exit'];
const EXEC = KIND['exec'];
/** Records of these change what is known of a process: nothing that follows may be decided before that. */
const STOP = (1 << FORK) | (1 << EXIT) | (1 << EXEC);
/** One operation, two records: the source and the target. */
const PAIRED: ReadonlySet<number> = new Set([KIND['file.rename'], KIND['file.link']]);
const SIDE = fieldId('file.side');
const SOURCE = 's'.charCodeAt(0);
const TARGET = 't'.charCodeAt(0);

const AFTER = 'the kernel shows this operation only after it took effect';
const INCOMPLETE = 'what it was about could not be read whole';
const GONE = 'its process was gone before it was decided, so it was not sent';
const LEXICAL = 'the path is the one that was written: it cannot be followed any more';

export class Observed {
  readonly #decided: Uint8Array;
  /** Offsets of the span's records, discarded ones left out. */
  readonly #offsets: number[] = [];
  #span: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @param kinds names of the kinds that are decided here; others only keep facts */
  constructor(
    readonly ring: Ring,
    readonly engine: Engine,
    readonly processes: Processes,
    readonly settler: PathSettler,
    readonly effects: Effects,
    /** Null: nothing waits for an answer here. */
    readonly queries: Queries | null,
    readonly report: (report: Report) => void,
    readonly config: JudgeConfig,
    kinds: readonly string[],
  ) {
    this.#decided = new Uint8Array(256);
    for (const kind of KINDS) if (kinds.includes(kind.name)) this.#decided[kind.id] = 1;
  }

  /** Takes everything that is in the ring. */
  drain(): void {
    let full = false;
    for (let pending = this.ring.pending(); pending > 0; pending = this.ring.pending()) {
      // a record is refused only where the rest of the ring is smaller than it, and what was drained since is a span
      full ||= pending > this.ring.size / 2;
      this.#offsets.length = 0;
      this.#span = this.engine.input(SPAN_BYTES);
      let length = this.ring.drain(this.#span, STOP);
      if (length === 0) break;
      this.#index(0, length);
      // the program that wrote the first half of a pair is just about to write the second
      for (let tries = 0; this.#endsInHalf() && tries < 1000; tries++) {
        const room = this.#span.subarray(length);
        if (room.length < LIMITS.recordBytes.value + RING.header) break;
        const more = this.ring.drain(room, STOP);
        this.#index(length, length + more);
        length += more;
      }
      this.#take(length);
    }
    if (full) this.processes.doubt();
  }

  /** Finds the records of a part of the span. */
  #index(from: number, to: number): void {
    this.#view = new DataView(this.#span.buffer, this.#span.byteOffset, to);
    for (let at = from; at < to;) {
      const header = this.#view.getUint32(at, true);
      if ((header & RING.discard) === 0) this.#offsets.push(at + RING.header);
      at += RING.header + (((header & ~(RING.busy | RING.discard)) + RING.align - 1) & -RING.align);
    }
  }

  #endsInHalf(): boolean {
    const last = this.#offsets.at(-1);
    return last !== undefined && this.#decided[this.#kind(last)] === 1 && this.#side(last) === SOURCE;
  }

  #take(length: number): void {
    const last = this.#offsets.at(-1);
    if (last === undefined) return;
    if (this.#offsets.some((at) => this.#decided[this.#kind(at)] === 1)) {
      this.settler.settle(this.#span.subarray(0, length));
      settleQueries(this.#span.subarray(0, length));
      this.#know();
      const count = this.engine.evaluateRing(length);
      for (let i = 0; i < count && i < this.#offsets.length;) i += this.#act(i, count);
    }
    this.#learn(last);
  }

  /** Puts the facts of every process in the span into the VM. Its memory may grow, so the span is taken anew. */
  #know(): void {
    for (const key of this.#offsets.map((at) => this.#key(at))) this.processes.ofKey(key);
    this.#span = this.engine.input(SPAN_BYTES);
    this.#view = new DataView(this.#span.buffer, this.#span.byteOffset);
  }

  /** @returns how many records the operation has */
  #act(i: number, count: number): number {
    const at = this.#offsets[i];
    const kind = this.#kind(at);
    if (this.#decided[kind] === 0) return 1;
    const size = i + 1 < count && this.#sameOperation(at, this.#offsets[i + 1]) ? 2 : 1;
    if (this.config.trace)
      for (let k = i; k < i + size; k++)
        this.report({ type: 'entry', entry: 'record', key: 0n, bytes: this.#record(this.#offsets[k]) });
    const flags = this.#view.getUint32(at + RECORD.flags, true);
    let strictest = i;
    let notable = this.config.reportAll || (flags & RECORD_FLAGS.incomplete) !== 0;
    for (let k = i; k < i + size; k++) {
      if (this.engine.action(k) > this.engine.action(strictest)) strictest = k;
      if (this.engine.action(k) !== ACTION.allow || (this.engine.flags(k) & NOTABLE) !== 0) notable = true;
    }
    const key = this.#key(at);
    const action = this.engine.action(strictest);
    const weaker = this.effects.apply(action, subjectPid(key));
    const other = this.#answer(at, key, flags, action);
    if (notable || other) this.#tell(i, size, key, flags, action, other ?? weaker);
    return size;
  }

  /** Lets what waits for its verdict go on, or refuses it. @returns null, or why something else became of it */
  #answer(at: number, key: bigint, flags: number, action: number): string | null {
    if (!this.queries || (flags & RECORD_FLAGS.synchronous) === 0) return null;
    const allow = action <= ACTION.audit;
    // of a process that is gone nothing is known that its rules could be about
    if (allow && !this.processes.ofKey(key)) return GONE;
    return this.queries.answer(new QueryPacket(this.#span, at), allow, (flags & RECORD_FLAGS.incomplete) === 0);
  }

  #tell(i: number, size: number, key: bigint, flags: number, action: number, weaker: string | null): void {
    const decisions = [];
    for (let k = i; k < i + size; k++) decisions.push(this.engine.decision(k));
    const { decision, question } = combine(decisions);
    const at = this.#offsets[i + question];
    const held = (flags & RECORD_FLAGS.synchronous) !== 0;
    const reasons = [
      action > ACTION.audit && !held ? AFTER : null,
      flags & RECORD_FLAGS.incomplete ? INCOMPLETE : null,
      flags & RECORD_FLAGS.lexical ? LEXICAL : null,
      weaker,
    ];
    const reason = reasons.filter((text) => text !== null).join('; ');
    const now = (performance.timeOrigin + performance.now()) * 1e6;
    const latencyNs = Math.max(0, Math.round(now - Number(this.#view.getBigUint64(at + RECORD.time, true))));
    this.report({
      type: 'verdict',
      record: this.#record(at),
      subject: this.processes.ofKey(key)?.facts ?? new Uint8Array(0),
      decision,
      mechanism: held ? 'cgroup' : 'sensor',
      after: !held,
      degraded: reason === '' ? null : reason,
      latencyNs,
    });
  }

  /** What the last record of a span says about its process. */
  #learn(at: number): void {
    const kind = this.#kind(at);
    if (kind === FORK) this.processes.forked(this.#key(at), this.#view.getBigUint64(at + RECORD.token, true));
    else if (kind === EXIT) this.processes.drop(subjectPid(this.#key(at)));
    else if (kind === EXEC) this.processes.executed(this.#key(at), this.#event(at));
  }

  #event(at: number): Event {
    const decoded = decodeRecord(this.#span, at);
    if ('error' in decoded) throw new Error(`BUG: a sensor wrote a record that is none: ${decoded.error}`);
    return decoded.event;
  }

  #kind(at: number): number {
    return this.#view.getUint8(at + RECORD.kind);
  }

  #key(at: number): bigint {
    return this.#view.getBigUint64(at + RECORD.subject, true);
  }

  #record(at: number): Uint8Array {
    return this.#span.slice(at, at + this.#view.getUint32(at + RECORD.size, true));
  }

  /** Whether `b` is the target of the rename or link whose source `a` is. */
  #sameOperation(a: number, b: number): boolean {
    if (this.#kind(a) !== this.#kind(b) || this.#key(a) !== this.#key(b)) return false;
    return this.#side(a) === SOURCE && this.#side(b) === TARGET;
  }

  /** First letter of `file.side`, 0 where there is none. */
  #side(at: number): number {
    if (!PAIRED.has(this.#kind(at))) return 0;
    const slots = this.#view.getUint16(at + RECORD.slots, true);
    for (let i = 0, slot = at + RECORD.header; i < slots; i++, slot += RECORD.slot)
      if (this.#view.getUint16(slot + SLOT.field, true) === SIDE)
        return this.#span[at + this.#view.getUint32(slot + SLOT.value, true)];
    return 0;
  }
}
