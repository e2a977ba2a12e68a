/**
 * The vectors in Node, Deno or Bun. Usage: ENGINE vectors.js FOLDER-OF-THE-VECTORS LICTOR-VM.WASM
 * The exit code is 1 where something came out otherwise.
 */
import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { runVectors } from './run.ts';

const [folder, module] = process.argv.slice(2);
const bundles = (await readdir(folder)).filter((name) => name.endsWith('.steps')).map((name) => name.slice(0, -6));
const { right, said } = await runVectors((path) => readFile(`${folder}/${path}`), await readFile(module), bundles);
console.log(said);
process.exitCode = right ? 0 : 1;
