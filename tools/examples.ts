/**
 * Runs every example that is a program, `examples/NAME/run`, in the project's root, and compares what it prints with
 * `examples/NAME/expected.txt`.
 * Usage: node --import tsx tools/examples.ts [NAME…]; UPDATE=1 writes the expected texts anew
 * A program that lacks something ends with 77 and says what; in CI that fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const FOLDER = join(root, 'examples');
/** What Automake's tests end with when they cannot run. */
const SKIPPED = 77;
const MINUTE = 60_000;

const required = process.env['CI'] === 'true';
const wanted = process.argv.slice(2);
const names = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'run')));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no example \`${unknown.join(', ')}\`: there are ${names.join(', ')}`);
  process.exit(64);
}

/** @param scratch an empty folder that is gone afterwards: `LICTOR_SCRATCH` */
const run = (name: string, scratch: string): 'passed' | 'failed' | 'skipped' => {
  const { status, signal, stdout, stderr } = spawnSync(join(FOLDER, name, 'run'), {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, LICTOR_SCRATCH: scratch },
    timeout: 10 * MINUTE,
  });
  if (status === SKIPPED) {
    console.log(`${required ? '✘' : '–'} ${name}: ${stderr.trim()}`);
    return required ? 'failed' : 'skipped';
  }
  if (status !== 0) {
    console.log(`${stdout}${stderr}✘ ${name}: ended with ${signal ?? status}`);
    return 'failed';
  }
  const path = join(FOLDER, name, 'expected.txt');
  if (process.env['UPDATE'] === '1') writeFileSync(path, stdout);
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const same = stdout === expected;
  console.log(stdout.replace(/^/gm, '    ').trimEnd());
  if (!same) console.log(`  expected\n${expected.replace(/^/gm, '    ').trimEnd()}`);
  console.log(`${same ? '✔' : '✘'} ${name}`);
  return same ? 'passed' : 'failed';
};

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const name of wanted.length > 0 ? wanted : names) {
  const scratch = mkdtempSync(join(tmpdir(), 'lictor-example-'));
  try {
    counts[run(name, scratch)]++;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
