/** The vectors in a page: it fetches them from where it came from, and leaves what came out for who opened it. */
import { type Outcome, runVectors } from './run.ts';

const read = async (path: string): Promise<Uint8Array> => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

const run = async (): Promise<Outcome> => {
  const names = JSON.parse(new TextDecoder().decode(await read('bundles.json'))) as readonly string[];
  return runVectors(read, await read('lictor-vm.wasm'), names);
};

(globalThis as { lictorVectors?: Promise<Outcome> }).lictorVectors = run();
