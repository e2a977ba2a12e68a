/**
 * Mutation testing: changes the VM or the planner in one place, and asks whether the tests of meaning notice.
 * Usage: node --import tsx tools/mutate.ts [--count 400] [--skip N] [--seed N] [--again FILE] [--only PART-OF-A-PATH] [--jobs N] [--least 95]
 * --skip goes on behind the first N of the same seed, so that several runs share the work.
 * --again takes the mutants that a file names, as this tool prints them.
 * Works on copies outside of the project. Prints each survivor, then the share that was caught of those that
 * `test/mutation/survivors.md` does not explain; exit code 1 below --least.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../test/generators/random.ts';
import { apply, describe, mutantsOf, nameOf, type Mutant } from './mutate/mutators.ts';
import { Workspace } from './mutate/workspace.ts';

const root = join(import.meta.dirname, '..');
const FOLDERS = ['vm/assembly', 'compiler/plan', 'compiler/emit'];
/** A mutant that takes so much longer than the unchanged code does not end. */
const PATIENCE = 8;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '400' },
    again: { type: 'string' },
    skip: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    least: { type: 'string', default: '95' },
  },
});

interface Result {
  readonly mutant: Mutant;
  readonly is: 'caught' | 'explained' | 'survived' | 'unbuildable';
}

/** What cannot be noticed, with the reason. */
const explanations = readFileSync(join(root, 'test/mutation/survivors.md'), 'utf8');
const isExplained = (mutant: Mutant): boolean => explanations.includes(nameOf(mutant));

const isAssembly = (path: string): boolean => path.startsWith('vm/assembly/');

/** The mutants of this run: drawn over all files, each as likely as any other. */
function drawn(space: Workspace): Mutant[] {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(space.path, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('generated'))
      .map((name) => `${folder}/${name}`),
  ).filter((path) => path.includes(values.only));
  const all = paths.sort().flatMap((path) => mutantsOf(path, space.read(path)));
  if (values.again !== undefined) {
    const named = readFileSync(values.again, 'utf8').split('\n');
    return all.filter((mutant) => named.some((line) => line.endsWith(describe(mutant))));
  }
  const r = new Random(Number(values.seed));
  for (let n = all.length - 1; n > 0; n--) {
    const other = r.below(n + 1);
    [all[n], all[other]] = [all[other], all[n]];
  }
  return all.slice(Number(values.skip), Number(values.skip) + Number(values.count));
}

interface Verdict {
  readonly caught: boolean;
  readonly by: string;
  readonly milliseconds: number;
}

/** Runs the check in a process of its own: a mutant may hang, or eat all memory. */
function check(space: Workspace, dist: string, mode: 'prepare' | 'vm' | 'compiler', limit: number): Promise<Verdict> {
  const started = performance.now();
  const args = ['--max-old-space-size=1024', join(dist, 'check.mjs'), mode, space.path, space.fixtures];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    child.on('close', (code) => {
      clearTimeout(timer);
      const by = late ? 'it does not end' : output.trim().split('\n')[0].slice(0, 160);
      resolve({ caught: code !== 0, by, milliseconds: performance.now() - started });
    });
  });
}

const space = new Workspace(root);
const mutants = drawn(space);
const base = await space.folder('unchanged', { wasm: true, check: true }, null);
await check(space, base, 'prepare', 600_000);
const limits = { vm: 0, compiler: 0 };
for (const mode of ['vm', 'compiler'] as const) {
  const { caught, by, milliseconds } = await check(space, base, mode, 600_000);
  if (caught) throw new Error(`the unchanged code is caught: ${by}`);
  limits[mode] = milliseconds * PATIENCE + 10_000;
  console.log(`unchanged, ${mode}: ${(milliseconds / 1000).toFixed(1)} s`);
}
console.log(`${mutants.length} mutants`);

const results: Result[] = [];
const running = new Set<Promise<void>>();

async function judge(mutant: Mutant, dist: string): Promise<void> {
  const mode = isAssembly(mutant.path) ? 'vm' : 'compiler';
  const { caught } = await check(space, dist, mode, limits[mode]);
  const is = caught ? 'caught' : isExplained(mutant) ? 'explained' : 'survived';
  results.push({ mutant, is });
  if (!caught) console.log(`${is}  ${describe(mutant)}`);
  if (results.length % 20 === 0) console.error(`${results.length} of ${mutants.length}`);
  space.remove(dist);
}

// Builds are one after the other in this process, where the compiler is warm; checks run beside them.
for (const [number, mutant] of mutants.entries()) {
  const text = space.read(mutant.path);
  space.write(mutant.path, apply(text, mutant));
  const wasm = isAssembly(mutant.path);
  try {
    const dist = await space.folder(String(number), { wasm, check: !wasm }, base);
    while (running.size >= Number(values.jobs)) await Promise.race(running);
    const job: Promise<void> = judge(mutant, dist).finally(() => running.delete(job));
    running.add(job);
  } catch {
    results.push({ mutant, is: 'unbuildable' });
  } finally {
    space.write(mutant.path, text);
  }
}
await Promise.all(running);
space.remove();

const count = (is: Result['is']): number => results.filter((result) => result.is === is).length;
const judged = count('caught') + count('survived');
const share = (100 * count('caught')) / judged;
for (const folder of FOLDERS) {
  const here = results.filter(({ mutant }) => mutant.path.startsWith(`${folder}/`));
  const of = (is: Result['is']): number => here.filter((result) => result.is === is).length;
  console.log(`${folder}: ${of('caught')} caught, ${of('explained')} explained, ${of('survived')} survived`);
}
console.log(
  `${count('caught')} of ${judged} mutants that change what is done were caught (${share.toFixed(1)} %); ` +
    `${count('explained')} more change nothing that can be noticed, ${count('unbuildable')} did not compile`,
);
process.exit(share >= Number(values.least) ? 0 : 1);
