/** The engine of a recording: it decides nothing, every record is allowed. */
import type { Decision, PlaneDecision } from '../../vm/event/decision.ts';
import { RECORD, RING } from '../../vm/spec/index.ts';
import type { Engine } from './engine.ts';

const NOTHING: PlaneDecision = { action: 'allow', policy: -1, rule: -1, default: false, matches: [] };
const ALLOW: Decision = { actual: NOTHING, asIf: NOTHING, errno: 0, assumed: [] };

export class RecordingEngine implements Engine {
  #area = new Uint8Array(1 << 17);

  input(bytes: number): Uint8Array {
    if (bytes > this.#area.length) this.#area = new Uint8Array(bytes);
    return this.#area;
  }
  evaluate(length: number): number {
    const view = new DataView(this.#area.buffer);
    let count = 0;
    for (let at = 0; at < length; count++) at += view.getUint32(at + RECORD.size, true);
    return count;
  }
  evaluateRing(length: number): number {
    const view = new DataView(this.#area.buffer);
    let count = 0;
    for (let at = 0; at < length;) {
      const header = view.getUint32(at, true);
      if ((header & RING.discard) === 0) count++;
      at += RING.header + (((header & ~(RING.busy | RING.discard)) + RING.align - 1) & -RING.align);
    }
    return count;
  }
  putSubject(): void {}
  dropSubject(): void {}
  putWorkload(): void {}
  action(): number {
    return 0;
  }
  flags(): number {
    return 0;
  }
  errno(): number {
    return 0;
  }
  asIfAction(): number {
    return 0;
  }
  decision(): Decision {
    return ALLOW;
  }
}
