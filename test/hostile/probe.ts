/**
 * A program of unknown origin in the VM: it is refused, or it evaluates within its stated bound, says the same whatever
 * lies beside it in memory, and leaves what lies beside it alone.
 */
import { createVm, type VmBundle, VmError } from '../../vm/host/index.ts';
import { decodeRecord } from '../../vm/event/index.ts';
import { isUnknown } from '../../vm/reference/scope.ts';
import { KINDS } from '../../vm/spec/index.ts';

const GUARD = Buffer.alloc(1024);

/** An instance whose free memory holds `filler`, so that a read outside of tables shows. */
class Room {
  readonly vm = createVm({ counting: true });

  constructor(private readonly filler: number) {
    const blocks = [4 << 20, 1 << 16, 1 << 12].map((size): [number, number] => [this.vm.allocate(size), size]);
    for (const [pointer, size] of blocks) this.memory(pointer, size).fill(filler);
    for (const [pointer] of blocks) this.vm.raw.free(pointer);
  }

  private memory(pointer: number, size: number): Uint8Array {
    return new Uint8Array(this.vm.raw.memory.buffer, pointer, size);
  }

  /** What the program does: the error's code, or for each record the verdict's bytes and the steps. */
  run(program: Uint8Array, records: readonly Uint8Array[]): string {
    const before = this.guard();
    let bundle: VmBundle;
    try {
      bundle = this.vm.load(program);
    } catch (error) {
      if (!(error instanceof VmError)) throw error;
      this.check(before);
      return error.code;
    }
    const after = this.guard();
    const said = records.map((record) => this.evaluate(bundle, record)).join('\n');
    bundle.unload();
    this.check(before);
    this.check(after);
    return said;
  }

  private evaluate(bundle: VmBundle, record: Uint8Array): string {
    bundle.input(record.length).set(record);
    this.vm.takeSteps();
    const n = bundle.evaluate(record.length);
    const steps = this.vm.takeSteps();
    if (n !== 1) throw new Error(`${n} verdicts of one record`);
    const kind = KINDS.find((k) => k.id === record[4]);
    const bound = kind === undefined ? steps : costOf(bundle, kind.id, isOfUnknown(record));
    if (steps > bound) throw new Error(`${steps} steps of \`${kind?.name}\`, the bound is ${bound}`);
    return JSON.stringify([bundle.decision(0), bundle.flags(0), steps]);
  }

  private guard(): number {
    const pointer = this.vm.allocate(GUARD.length);
    this.memory(pointer, GUARD.length).fill(this.filler ^ 0x5a);
    return pointer;
  }

  private check(guard: number): void {
    GUARD.fill(this.filler ^ 0x5a);
    if (!GUARD.equals(this.memory(guard, GUARD.length))) {
      throw new Error('memory beside the program was written');
    }
    this.vm.raw.free(guard);
  }
}

/** Whether the record names a workload whose metadata are not there. */
function isOfUnknown(record: Uint8Array): boolean {
  const decoded = decodeRecord(record);
  return !('error' in decoded) && isUnknown(decoded.event);
}

/** A kind that the program does not know takes no steps. */
function costOf(bundle: VmBundle, kind: number, unknown: boolean): number {
  try {
    return bundle.cost(kind, unknown);
  } catch (error) {
    if (error instanceof VmError) return 0;
    throw error;
  }
}

/** Two rooms whose memory differs; anew after a trap, because a trapped instance is at its end. */
export class Prober {
  private rooms = [new Room(0), new Room(0xff)];

  /**
   * @returns the code of the refusal, or `runs`
   * @throws Error where the program does what no program may
   */
  probe(program: Uint8Array, records: readonly Uint8Array[]): string {
    try {
      const [one, other] = this.rooms.map((room) => room.run(program, records));
      if (one !== other) throw new Error(`what lies beside the program counts:\n${one}\n${other}`);
      return one.startsWith('[') ? 'runs' : one;
    } catch (error) {
      this.rooms = [new Room(0), new Room(0xff)];
      throw error;
    }
  }
}
