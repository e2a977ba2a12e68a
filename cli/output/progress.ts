/** One line on the terminal that says how far a long work is; nothing elsewhere, so that logs stay clean. */
import type { Io } from './io.ts';

const EVERY_MS = 100;

export interface Progress {
  /** Shows the text if the last one has been there for a moment. */
  say(text: string): void;
  /** Takes the line away. */
  done(): void;
}

/** @returns a progress line on stderr */
export function progress(io: Io): Progress {
  if (!io.err.terminal) return { say: () => {}, done: () => {} };
  let shown = 0;
  return {
    say(text) {
      const now = performance.now();
      if (now - shown < EVERY_MS) return;
      shown = now;
      void io.err.write(`\r\x1b[K${io.err.style.faint(text.slice(0, io.err.width - 1))}`);
    },
    done() {
      if (shown > 0) void io.err.write('\r\x1b[K');
      shown = 0;
    },
  };
}
