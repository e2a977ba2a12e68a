/**
 * The measurements, one after the other, each in a process of its own.
 * Usage: node --import tsx bench/run.ts [rules | ring]…
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const BENCHES: Readonly<Record<string, string>> = { rules: 'rules.ts', ring: 'ring/ring.ts' };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`no bench \`${unknown[0]}\`: there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(64);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, BENCHES[name])], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
