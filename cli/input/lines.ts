/** A stream of bytes as numbered lines, in batches: what one read brought is one batch, so that a slow stream is answered at once. */
import type { Readable } from 'node:stream';
import { Exit, Stop } from '../exit.ts';
import { size } from '../output/text.ts';

/** Bytes of one line: a record of the largest size with every byte written as `\\xHH` is smaller. */
export const LINE_BYTES = 1 << 20;

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number;
  readonly text: string;
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

function decode(bytes: Uint8Array, number: number): string {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new Stop(Exit.Findings, `line ${number}: not UTF-8`);
  }
}

/**
 * @returns batches of lines that are not blank, in order, without their ends; a last line needs no end
 * @throws Stop with `line N: …` where a line is no UTF-8 or longer than LINE_BYTES, after the lines before it
 */
export async function* lines(stream: Readable): AsyncGenerator<Line[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    const batch: Line[] = [];
    let failure: Stop | null = null;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0 && !failure; from = end + 1, end = bytes.indexOf(10, from)) {
      const part = bytes.subarray(from, end);
      const whole = rest.length > 0 ? Buffer.concat([...rest, part]) : part;
      rest = [];
      restBytes = 0;
      try {
        add(batch, ++number, whole);
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        failure = error;
      }
    }
    if (batch.length > 0) yield batch;
    if (failure) throw failure;
    if (from < bytes.length) {
      rest.push(bytes.subarray(from));
      restBytes += bytes.length - from;
      if (restBytes > LINE_BYTES) throw tooLong(number + 1);
    }
  }
  if (rest.length > 0) {
    const batch: Line[] = [];
    add(batch, number + 1, Buffer.concat(rest));
    if (batch.length > 0) yield batch;
  }
}

const tooLong = (number: number): Stop =>
  new Stop(
    Exit.Findings,
    `line ${number}: longer than ${size(LINE_BYTES)}`,
    'event records are one JSON object a line',
  );

function add(batch: Line[], number: number, bytes: Uint8Array): void {
  if (bytes.length > LINE_BYTES) throw tooLong(number);
  const text = decode(bytes, number);
  if (text.trim() !== '') batch.push({ number, text });
}
