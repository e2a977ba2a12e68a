/** Reads files of steps (vm/vectors/README.md): what is done with a bundle, and what must come out. In a page as well. */
import { VERDICT, VERDICT_FLAGS } from '../../vm/spec/verdict.ts';

export const MAGIC = 'LICTORV1';
export const CODE = {
  putWorkload: 1,
  putSubject: 2,
  dropWorkload: 3,
  dropSubject: 4,
  evaluate: 5,
  evaluateRing: 6,
  name: 7,
} as const;

/** A verdict with the lists that its flags announce. */
export interface Expected {
  /** As the module writes it. */
  readonly verdict: Uint8Array;
  readonly actual: readonly number[];
  readonly asIf: readonly number[];
  readonly assumed: readonly number[];
}

export type Step =
  | {
      readonly does: 'putWorkload' | 'putSubject';
      readonly key: bigint;
      readonly status: number;
      readonly record: Uint8Array;
    }
  | { readonly does: 'dropWorkload' | 'dropSubject'; readonly key: bigint }
  | { readonly does: 'evaluate' | 'evaluateRing'; readonly records: Uint8Array; readonly expected: readonly Expected[] }
  | { readonly does: 'name'; readonly rule: number; readonly policy: number; readonly name: string };

/** @returns whether a verdict has lists */
export const hasLists = (verdict: Uint8Array): boolean =>
  (verdict[VERDICT.flags] & (VERDICT_FLAGS.matches | VERDICT_FLAGS.assumed)) !== 0;

class Reader {
  at = 0;
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  word(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }
  key(): bigint {
    this.at += 8;
    return this.#view.getBigUint64(this.at - 8, true);
  }
  take(length: number): Uint8Array {
    this.at += length;
    if (this.at > this.bytes.length) throw new Error('a file of steps is truncated');
    return this.bytes.subarray(this.at - length, this.at);
  }
  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }
  list(): number[] {
    return Array.from({ length: this.word() }, () => this.word());
  }
  expected(): Expected {
    const verdict = this.take(VERDICT.size);
    if (!hasLists(verdict)) return { verdict, actual: [], asIf: [], assumed: [] };
    return { verdict, actual: this.list(), asIf: this.list(), assumed: this.list() };
  }
}

const stepOf = (code: number, payload: Uint8Array): Step => {
  const r = new Reader(payload);
  switch (code) {
    case CODE.putWorkload:
    case CODE.putSubject: {
      const [key, status] = [r.key(), r.word() | 0];
      const record = r.take(payload.length - r.at);
      return { does: code === CODE.putWorkload ? 'putWorkload' : 'putSubject', key, status, record };
    }
    case CODE.dropWorkload:
      return { does: 'dropWorkload', key: r.key() };
    case CODE.dropSubject:
      return { does: 'dropSubject', key: r.key() };
    case CODE.evaluate:
    case CODE.evaluateRing: {
      const [bytes, count] = [r.word(), r.word()];
      const records = r.take(bytes);
      const expected = Array.from({ length: count }, () => r.expected());
      return { does: code === CODE.evaluate ? 'evaluate' : 'evaluateRing', records, expected };
    }
    case CODE.name:
      return { does: 'name', rule: r.word(), policy: r.word(), name: r.text(payload.length - r.at) };
    default:
      throw new Error(`no step has the code ${code}`);
  }
};

/** @throws where the file is none of steps */
export const readSteps = (file: Uint8Array): Step[] => {
  const r = new Reader(file);
  if (r.text(MAGIC.length) !== MAGIC) throw new Error('not a file of steps');
  const steps: Step[] = [];
  while (r.at < file.length) {
    const code = r.word();
    const payload = r.take(r.word());
    r.at += -payload.length & 3;
    steps.push(stepOf(code, payload));
  }
  return steps;
};
