/** Policies as the compiler wants them: files read, decoded, and judged by their size before they are read. */
import { readFileSync, statSync } from 'node:fs';
import { checkSize, decodeSource } from '../../compiler/source/decode.ts';
import type { Diagnostic, Source, Staged } from '../../compiler/diagnostics/diagnostic.ts';
import type { Io } from '../output/io.ts';
import { cannot, expand } from './paths.ts';

/** How standard input is called in messages. */
export const STDIN = '<stdin>';

async function readAll(io: Io): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/**
 * @param operands files, directories, `-`
 * @param maxSourceBytes limit of one file; undefined: that of the language
 * @returns a source for each file, in the order of documents; sources with diagnostics must not be compiled
 * @throws Stop where a file is missing or unreadable
 */
export async function readSources(
  operands: readonly string[],
  io: Io,
  maxSourceBytes?: number,
): Promise<Staged<Source[]>> {
  const value: Source[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of expand(operands)) {
    const source = value.length;
    const options = { source, ...(maxSourceBytes !== undefined && { maxSourceBytes }) };
    try {
      const tooLarge = path === '-' ? null : checkSize(path, statSync(path).size, source, maxSourceBytes);
      const decoded: Staged<Source> = tooLarge
        ? { value: { path, text: '' }, diagnostics: [tooLarge] }
        : decodeSource(path === '-' ? STDIN : path, path === '-' ? await readAll(io) : readFileSync(path), options);
      value.push(decoded.value);
      diagnostics.push(...decoded.diagnostics);
    } catch (error) {
      throw cannot('read', path, error);
    }
  }
  return { value, diagnostics };
}
