/** The records that `lictor run --events FILE` writes, read as they come. */
import { readFileSync } from 'node:fs';
import type { LiveRecord } from '../../shim/sinks/sink.ts';

const PATIENCE_MS = 1500;
const POLL_MS = 20;

/** A record is of interest where something was denied, or would have been. */
const telling = (record: LiveRecord): boolean =>
  record.effect !== 'allow' || (record.would !== null && record.would.action !== 'allow');

export class Records {
  #seen = 0;

  constructor(readonly path: string) {}

  /** @returns the records since the last call */
  #fresh(): LiveRecord[] {
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    const fresh = lines.slice(this.#seen).map((line) => JSON.parse(line) as LiveRecord);
    this.#seen = lines.length;
    return fresh;
  }

  /**
   * The record that tells of what just happened.
   * @param wait whether one has to come; otherwise only what is there already counts
   */
  async next(wait: boolean): Promise<LiveRecord | null> {
    const end = performance.now() + (wait ? PATIENCE_MS : POLL_MS);
    for (;;) {
      const found = this.#fresh().filter(telling);
      if (found.length > 0) return found[0];
      if (performance.now() >= end) return null;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
