/** One JSON object a line, to a file or a stream. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import type { LiveRecord, Sink } from './sink.ts';

/** @param stream stays open: it is not this sink's */
export const ndjsonSink = (stream: Writable): Sink => ({
  write: (record) => void stream.write(`${JSON.stringify(record)}\n`),
  close: async () => {},
});

/**
 * @param path is made anew
 * @returns the sink once the file is open
 * @throws where it cannot be opened
 */
export const ndjsonFileSink = async (path: string): Promise<Sink> => {
  const stream = createWriteStream(path, { flags: 'w' });
  await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
  const problem = ({ message }: Error): string => `cannot write records to \`${path}\`: ${message}`;
  return {
    broken: new Promise((resolve) => stream.once('error', (error) => resolve(problem(error)))),
    write: (record: LiveRecord) => void stream.write(`${JSON.stringify(record)}\n`),
    close: async () => {
      stream.end();
      await finished(stream).catch((error: Error) => {
        throw new Error(problem(error));
      });
    },
  };
};
