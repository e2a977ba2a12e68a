/** The two engines side by side: a bundle planned, emitted and loaded into the VM, and the reference over its normal form. */
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { encodeRecord, type Decision, type Event } from '../../vm/event/index.ts';
import type { Vm, VmBundle } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { isUnknown } from '../../vm/reference/scope.ts';
import { RING } from '../../vm/spec/index.ts';
import type { Random } from '../generators/random.ts';
import { delivered, type Delivery } from './case.ts';
import { flatOf } from './flat.ts';
import { sameDecision, sameList } from './same.ts';

/** What differs on one delivery: both decisions, or what the flat verdict says otherwise. */
export interface Difference {
  readonly at: number;
  readonly what: string;
}

/** One bundle in both engines. */
export class Pair {
  private readonly decide: (event: Event) => Decision;

  private constructor(
    normal: NormalForm,
    private readonly bundle: VmBundle,
  ) {
    this.decide = reference(normal).decide;
  }

  /** @returns the errors where no plan within the budget exists */
  static load(vm: Vm, normal: NormalForm): Pair | { readonly errors: unknown } {
    const made = planAndEmit(normal, { allowSlow: true });
    return 'errors' in made ? made : Pair.of(vm, normal, made.program);
  }

  /** The pair of a bundle whose program is at hand. */
  static of(vm: Vm, normal: NormalForm, program: Uint8Array): Pair {
    return new Pair(normal, vm.load(program));
  }

  unload(): void {
    this.bundle.unload();
  }

  /** Decide all deliveries in one batch. */
  compare(deliveries: readonly Delivery[]): Difference | null {
    this.store(deliveries);
    return this.evaluate(records(deliveries), deliveries);
  }

  /** Forgets some of the facts of deliveries that were compared before; records still name their keys. */
  compareForgotten(r: Random, deliveries: readonly Delivery[]): Difference | null {
    const left = deliveries.map((d, at) => {
      const [subject, workload] = [r.chance(0.4), r.chance(0.4)];
      if (subject) this.bundle.dropSubject(keyOf(at));
      if (workload) this.bundle.dropWorkload(keyOf(at));
      return { ...d, ...(subject && { subject: NOTHING }), ...(workload && { workload: NOTHING }) };
    });
    return this.evaluate(records(deliveries), left);
  }

  /** Takes no more steps than it states, event by event. @param vm the counting one that the bundle is in */
  keepsBound(vm: Vm, deliveries: readonly Delivery[]): Difference | null {
    this.store(deliveries);
    for (const [at, record] of records(deliveries).entries()) {
      this.bundle.input(record.length).set(record);
      vm.takeSteps();
      this.bundle.evaluate(record.length);
      const unknown = isUnknown(delivered(deliveries[at]));
      const [steps, bound] = [vm.takeSteps(), this.bundle.cost(deliveries[at].kind, unknown)];
      if (steps > bound) return { at, what: `the event took ${steps} steps, the bound is ${bound}` };
    }
    return null;
  }

  /** Evaluates in as many batches as it takes. */
  private evaluate(encoded: readonly Uint8Array[], deliveries: readonly Delivery[]): Difference | null {
    const bytes = Buffer.concat(encoded);
    this.bundle.input(bytes.length).set(bytes);
    for (let done = 0, offset = 0; done < encoded.length;) {
      const n = this.bundle.evaluate(bytes.length, offset);
      if (n === 0) return { at: done, what: 'evaluate gave no verdict' };
      const difference = this.check(deliveries, done, n);
      if (difference !== null) return difference;
      for (const end = done + n; done < end; done++) offset += encoded[done].length;
    }
    return null;
  }

  /** The same out of a ring buffer with discarded records between, and one that is still being written somewhere. */
  compareRing(r: Random, deliveries: readonly Delivery[]): Difference | null {
    this.store(deliveries);
    const encoded = records(deliveries);
    const busyAt = r.chance(0.3) ? r.below(encoded.length) : encoded.length;
    const pieces: Uint8Array[] = [];
    for (const [at, record] of encoded.entries()) {
      while (r.chance(0.2)) pieces.push(ringRecord(r, record, RING.discard));
      pieces.push(ringRecord(r, record, at === busyAt ? RING.busy : 0));
    }
    const span = Buffer.concat(pieces);
    this.bundle.input(span.length).set(span);
    const n = this.bundle.evaluateRing(span.length);
    if (n !== busyAt)
      return { at: Math.min(n, encoded.length - 1), what: `${n} verdicts of a ring with ${busyAt} records` };
    return this.check(deliveries, 0, n);
  }

  private store(deliveries: readonly Delivery[]): void {
    const facts = (values: Delivery['subject']): Uint8Array => encodeRecord({ kind: 0, time: undefined, values });
    for (const [at, { subject, workload }] of deliveries.entries()) {
      if (subject.size > 0) this.bundle.putSubject(keyOf(at), facts(subject));
      if (workload.size > 0) this.bundle.putWorkload(keyOf(at), facts(workload));
    }
  }

  private check(deliveries: readonly Delivery[], from: number, count: number): Difference | null {
    const { bundle } = this;
    for (let i = 0; i < count; i++) {
      const at = from + i;
      const wanted = this.decide(delivered(deliveries[at]));
      const decision = bundle.decision(i);
      if (!sameDecision(decision, wanted))
        return { at, what: `the VM says ${JSON.stringify(decision)}, the reference ${JSON.stringify(wanted)}` };
      const flat = [
        ...[bundle.action(i), bundle.flags(i), bundle.errno(i), bundle.asIfAction(i)],
        ...[bundle.rule(i), bundle.asIfRule(i), bundle.policy(i), bundle.asIfPolicy(i)],
      ];
      const expected = flatOf(wanted);
      if (!sameList(flat, expected)) return { at, what: `the verdict is ${flat.join(' ')}, not ${expected.join(' ')}` };
    }
    return null;
  }
}

const NOTHING: Delivery['subject'] = new Map();
const keyOf = (at: number): bigint => BigInt(at + 1) * 0x1_0000_0001n;

/** Records that refer to the facts of their deliveries. */
const records = (deliveries: readonly Delivery[]): Uint8Array[] =>
  deliveries.map(({ kind, time, inline, subject, workload }, at) => {
    const keys = {
      ...(subject.size > 0 && { subject: keyOf(at) }),
      ...(workload.size > 0 && { workload: keyOf(at) }),
    };
    return encodeRecord({ kind, time, values: inline }, keys);
  });

/** A record as it stands in a ring buffer: behind a length with flags and an offset that no reader needs. */
function ringRecord(r: Random, record: Uint8Array, flags: number): Uint8Array {
  const bytes = Buffer.alloc(RING.header + record.length);
  bytes.writeUInt32LE((record.length | flags) >>> 0, 0);
  bytes.writeUInt32LE(r.next(), 4);
  bytes.set(record, RING.header);
  return bytes;
}
