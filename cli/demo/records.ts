/** The records that `lictor run --events FILE` writes, read as they come. */
import { readFileSync } from 'node:fs';
import type { LiveRecord } from '../../shim/sinks/sink.ts';

const PATIENCE_MS = 2000;
const POLL_MS = 20;

export class Records {
  readonly #records: LiveRecord[] = [];

  constructor(readonly path: string) {}

  #read(): void {
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.#records.length)) this.#records.push(JSON.parse(line) as LiveRecord);
  }

  /**
   * The first record that something was denied in, or would have been, and whose event is the one that is meant.
   * @returns null where none comes
   */
  async find(about: (event: object) => boolean): Promise<LiveRecord | null> {
    const telling = ({ effect, would, event }: LiveRecord): boolean =>
      (effect !== 'allow' || (would !== null && would.action !== 'allow')) && about(event);
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      this.#read();
      const found = this.#records.find(telling);
      if (found || performance.now() >= end) return found ?? null;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
