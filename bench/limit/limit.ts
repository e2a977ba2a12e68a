/** The native limit as a process beside the VM: compiled on the spot, it passes over the events when it is asked to. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const SOURCE = join(import.meta.dirname, 'limit.c');

/** @returns the path of the program, undefined where no C compiler is */
export const buildLimit = (folder: string): string | undefined => {
  const path = join(folder, 'limit');
  const { status, error, stderr } = spawnSync('cc', ['-O3', '-std=gnu11', '-o', path, SOURCE], { encoding: 'utf8' });
  if (error) return undefined;
  if (status !== 0) throw new Error(`the native limit does not compile: ${stderr}`);
  return path;
};

export class Limit {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  /**
   * @param program what `buildLimit` made
   * @param file what `limitFile` made
   */
  constructor(program: string, file: string) {
    this.#child = spawn(program, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Nanoseconds for the first `events`: with hashes, or rule by rule. */
  async pass(how: 'pass' | 'walk', events: number): Promise<number> {
    return Number(await this.#ask(`${how} ${events}`));
  }

  /** The rules that decided in the last pass, 0xffffffff for none. */
  async decided(path: string): Promise<Uint32Array> {
    await this.#ask(`save ${path}`);
    return new Uint32Array(new Uint8Array(readFileSync(path)).buffer);
  }

  end(): void {
    this.#lines.close();
    this.#child.stdin.end();
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the native limit ended');
    return value;
  }
}
