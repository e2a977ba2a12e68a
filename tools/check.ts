/**
 * Everything that can be said of the project without running it: each check in turn, all of them even when one fails.
 * Usage: node --import tsx tools/check.ts
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const CHECKS: readonly Check[] = [
  { name: 'generated files', command: [process.execPath, '--import', 'tsx', 'tools/generate.ts', '--check'] },
  { name: 'types', command: [bin('tsc'), '--project', '.'] },
  { name: 'lint', command: [bin('eslint'), '.'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'repository rules', command: [process.execPath, 'tools/test.mjs', 'test/repository/'] },
  { name: 'unused code', command: [bin('knip'), '--no-progress'] },
];

const failed = CHECKS.filter(({ name, command: [program, ...args] }) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const ok = status === 0;
  console.log(`${ok ? '✔' : '✘'} ${name}`);
  if (!ok) console.log(`${stdout}${stderr}${error ? error.message : ''}`);
  return !ok;
});

if (failed.length > 0) console.log(`\nfailed: ${failed.map(({ name }) => name).join(', ')}`);
console.log(`\n${CHECKS.length - failed.length} passed, ${failed.length} failed, 0 skipped`);
process.exit(failed.length === 0 ? 0 : 1);
