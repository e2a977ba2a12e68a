/** Records of unknown origin: the VM believes exactly those that the decoder believes, and decides on them as the reference. */
import { decodeRecord, encodeRecord, joinFacts, type Decision, type Event } from '../../vm/event/index.ts';
import { createVm, type VmBundle, VmError } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { ACTIONS, DEFAULT_ERRNO, ERRNOS, RECORD, RING, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { planAndEmit } from '../../compiler/backend.ts';
import { sameDecision } from '../differential/same.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import type { Random } from '../generators/random.ts';
import { corrupt, randomBytes } from './bytes.ts';

const KEY = 7n;

const DENY = ACTIONS.indexOf('deny');

/** A bundle with facts of one subject and one workload, and valid records to corrupt. */
export class RecordProbe {
  private readonly vm = createVm();
  private bundle: VmBundle;
  private decide: (event: Event) => Decision;
  private records: Uint8Array[];
  private readonly stored: { subject: Event | null; workload: Event | null } = { subject: null, workload: null };

  constructor(private readonly r: Random) {
    for (;;) {
      const { normal, focus } = randomNormalForm(r);
      const made = planAndEmit(normal);
      if ('errors' in made) continue;
      const source = new EventSource(r, normal, focus);
      this.bundle = this.vm.load(made.program);
      this.decide = reference(normal).decide;
      this.records = r.list(16, () => {
        const keys = r.pick([{}, { subject: KEY }, { subject: KEY, workload: KEY }]);
        return encodeRecord(source.next(), keys);
      });
      return;
    }
  }

  /** @throws Error where the VM and the decoder differ on one corrupted record, given as an event and as facts */
  probe(): void {
    const { r } = this;
    const valid = r.pick(this.records);
    const record = r.chance(0.05) ? randomBytes(r, r.below(200)) : corrupt(r, valid, r.pick(this.records));
    if (r.chance(0.2)) return this.facts(record);
    if (r.chance(0.2)) return this.ring(record, valid);
    this.event(record);
  }

  private event(record: Uint8Array): void {
    if (record.length === 0) return;
    this.bundle.input(record.length).set(record);
    const n = this.bundle.evaluate(record.length);
    let at = 0;
    for (let i = 0; i < n; i++) at += this.verdict(i, record.subarray(at));
    if (at < record.length) throw new Error(`${n} verdicts cover ${at} of ${record.length} bytes`);
  }

  /** One verdict held against the record at the start of `bytes`; returns the bytes that it is about. */
  private verdict(i: number, bytes: Uint8Array): number {
    const decoded = decodeRecord(bytes);
    if ('error' in decoded || decoded.event.kind === 0) {
      const why = 'error' in decoded ? decoded.error : 'facts are no event';
      // The decoder refuses a key that stands twice; the VM takes the first, to save a quadratic check.
      if (!why.endsWith('has a key twice')) this.malformed(i, why);
    } else {
      const wanted = this.decide(this.joined(decoded));
      const said = this.bundle.decision(i);
      if (!sameDecision(said, wanted)) {
        throw new Error(`the VM says ${JSON.stringify(said)}, the reference ${JSON.stringify(wanted)}`);
      }
      if (this.isMalformed(i)) throw new Error('the VM says malformed, the decoder well formed');
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = bytes.length < RECORD.header ? 0 : view.getUint32(RECORD.size, true);
    // A size that cannot be believed ends the batch: the verdict is about all that is left.
    return size < RECORD.header || size > bytes.length || size % 8 !== 0 ? bytes.length : size;
  }

  private isMalformed(i: number): boolean {
    return (this.bundle.flags(i) & VERDICT_FLAGS.malformed) !== 0;
  }

  /** A verdict that must say malformed, and deny. */
  private malformed(i: number, why: string): void {
    if (!this.isMalformed(i)) throw new Error(`the VM says well formed, the decoder ${why}`);
    const { bundle } = this;
    if (bundle.action(i) !== DENY || bundle.asIfAction(i) !== DENY || bundle.errno(i) !== ERRNOS[DEFAULT_ERRNO]) {
      throw new Error('a malformed record is not denied');
    }
  }

  private joined({ event, subject, workload }: { event: Event; subject: bigint; workload: bigint }): Event {
    const facts = [
      ...(workload === KEY && this.stored.workload !== null ? [this.stored.workload] : []),
      ...(subject === KEY && this.stored.subject !== null ? [this.stored.subject] : []),
    ];
    return joinFacts(event, ...facts);
  }

  /** The record as facts: kept where the decoder believes it. */
  private facts(record: Uint8Array): void {
    const of = this.r.pick(['subject', 'workload'] as const);
    if (record.length > RECORD.kind) record[RECORD.kind] = 0;
    const decoded = decodeRecord(record);
    if ('error' in decoded && decoded.error.endsWith('has a key twice')) return;
    const believed = !('error' in decoded);
    let kept = true;
    try {
      if (of === 'subject') this.bundle.putSubject(KEY, record);
      else this.bundle.putWorkload(KEY, record);
    } catch (error) {
      if (!(error instanceof VmError)) throw error;
      kept = false;
    }
    if (kept !== believed) {
      const why = 'error' in decoded ? decoded.error : 'well formed';
      throw new Error(`facts: the VM ${kept ? 'keeps' : 'refuses'} them, the decoder says ${why}`);
    }
    if (believed) this.stored[of] = decoded.event;
  }

  /** The record between two valid ones in a ring whose headers may lie. */
  private ring(record: Uint8Array, valid: Uint8Array): void {
    const { r } = this;
    const piece = (bytes: Uint8Array, lie: boolean): Uint8Array => {
      const room = lie ? r.pick([0, 1, bytes.length + 1, bytes.length - 1, 0x3fff_ffff, r.next()]) : bytes.length;
      const padded = Buffer.alloc(RING.header + ((bytes.length + 7) & ~7));
      padded.writeUInt32LE(room >>> 0, 0);
      padded.set(bytes, RING.header);
      return padded;
    };
    const last = r.chance(0.3) ? new Uint8Array() : valid;
    const span = Buffer.concat([piece(valid, false), piece(record, r.chance(0.5)), piece(last, false)]);
    const cut = r.chance(0.2) ? span.subarray(0, r.below(span.length)) : span;
    this.bundle.input(cut.length).set(cut);
    const n = this.bundle.evaluateRing(cut.length);
    let i = 0;
    for (let at = 0; cut.length - at >= RING.header;) {
      const head = cut.readUInt32LE(at);
      if ((head & RING.busy) !== 0) break;
      const room = head & 0x3fff_ffff;
      const rest = cut.length - at - RING.header;
      if ((head & RING.discard) === 0) {
        const inside = room <= rest ? cut.subarray(at + RING.header, at + RING.header + room) : new Uint8Array();
        if (i < n) this.verdict(i, inside);
        i++;
      }
      if (room > rest || ((room + 7) & ~7) > rest) break;
      at += RING.header + ((room + 7) & ~7);
    }
    if (i !== n) throw new Error(`${n} verdicts of a ring with ${i} records`);
  }
}
