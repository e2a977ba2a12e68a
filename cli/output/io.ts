/** The streams of a command, so that tests can take the place of a terminal. */
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { styleFor, wantsColour, type Style } from './style.ts';

export interface Output {
  /** Resolves when more may be written: await it where much is written. */
  write(text: string): Promise<void>;
  /** For those who write by themselves. */
  readonly stream: Writable;
  readonly terminal: boolean;
  /** Columns of the terminal, 80 elsewhere. */
  readonly width: number;
  readonly colours: boolean;
  readonly style: Style;
}

export interface Io {
  /** Results. */
  readonly out: Output;
  /** Notes and progress. */
  readonly err: Output;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  /** The date of today, UTC, YYYY-MM-DD. */
  readonly today: string;
}

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

function output(stream: Stream, when: 'auto' | 'always' | 'never', env: NodeJS.ProcessEnv): Output {
  const terminal = stream.isTTY === true;
  const colours = wantsColour(when, terminal, env);
  return {
    stream,
    terminal,
    width: terminal && stream.columns ? Math.max(40, stream.columns) : 80,
    colours,
    style: styleFor(colours),
    write: async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    },
  };
}

/** The process's own streams. */
export const processIo = (when: 'auto' | 'always' | 'never'): Io => ({
  out: output(process.stdout, when, process.env),
  err: output(process.stderr, when, process.env),
  stdin: process.stdin,
  env: process.env,
  today: new Date().toISOString().slice(0, 10),
});

/** A note beside the results, on stderr. */
export const note = (io: Io, text: string): Promise<void> => io.err.write(`${text}\n`);
