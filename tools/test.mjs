/**
 * Runs the test files, each in a process of its own, a few at a time.
 * Usage: node tools/test.mjs [--suite unit|corpora|component|package|long] [--jobs N] [--folder FOLDER] [PART-OF-A-PATH…]
 * The last line is `N passed, N failed, N skipped`; the exit code is 1 when a test failed or none was selected.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';

const root = join(import.meta.dirname, '..');
const MINUTE = 60_000;

/** What belongs to a suite, and how long one of its files may take. */
const SUITES = {
  unit: {
    has: (file) => Object.entries(SUITES).every(([name, { has }]) => name === 'unit' || !has(file)),
    limit: 10 * MINUTE,
  },
  corpora: { has: (file) => file.startsWith('test/corpora/'), limit: 15 * MINUTE },
  component: { has: (file) => file.startsWith('test/component/'), limit: 10 * MINUTE },
  package: { has: (file) => file.startsWith('test/package/'), limit: 10 * MINUTE },
  long: { has: (file) => file.endsWith('.long.test.ts'), limit: 180 * MINUTE },
};

const options = parseArgs({
  options: {
    suite: { type: 'string', default: 'unit' },
    jobs: { type: 'string' },
    folder: { type: 'string', default: 'test' },
  },
  allowPositionals: true,
});
const suite = SUITES[options.values.suite];
if (!suite) {
  console.error(`no suite \`${options.values.suite}\`: there are ${Object.keys(SUITES).join(', ')}`);
  process.exit(64);
}
const jobs = Number(options.values.jobs ?? Math.min(4, availableParallelism()));

const colour = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text);

const select = () => {
  const wanted = options.positionals;
  const { folder } = options.values;
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.test.ts') && suite.has(file))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
};

/** Runs one file and says what came of it; a process that dies or hangs counts as a failed test. */
const run = (file) =>
  new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', 'tsx', 'tools/test-file.mjs', file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    let report = null;
    let late = false;
    const collect = (chunk) => (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('message', (message) => (report = message));
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, suite.limit);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const how = late ? `took longer than ${suite.limit / MINUTE} minutes` : `ended with ${signal ?? code}`;
      const died = { passed: 0, failed: 1, skipped: 0, errors: `${file} ${how} before its tests were done\n` };
      resolve({ file, output, seconds: (performance.now() - started) / 1000, ...(report ?? died) });
    });
  });

const show = ({ file, passed, failed, skipped, errors, output, seconds }) => {
  const mark = failed > 0 ? colour('red', '✘') : colour('green', '✔');
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  console.log(`${mark} ${file}  ${counts.filter(Boolean).join(', ')}  (${seconds.toFixed(1)} s)`);
  for (const line of output.split('\n')) if (line.trim() !== '') console.log(`    ${line}`);
  if (errors) console.log(`\n${errors}`);
};

const files = select();
const results = [];
const queue = [...files];
const work = async () => {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await run(file);
    show(result);
    results.push(result);
  }
};
await Promise.all(Array.from({ length: jobs }, work));

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const failing = results.filter((result) => result.failed > 0);
if (files.length === 0) console.log('no test file matches the selection');
if (failing.length > 0) console.log(`\nfailures in:\n${failing.map(({ file }) => `  ${file}`).join('\n')}`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exit(files.length === 0 || failing.length > 0 ? 1 : 0);
