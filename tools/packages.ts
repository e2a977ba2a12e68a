/**
 * Packs the hosts of Go, Python and Rust as they are published, into dist/packages, and uses each package in an empty project: it
 * decides, and refuses a module other than its own. npm's package is tried by test/package.
 * Usage: node --import tsx tools/packages.ts [go|python|rust]…
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goPackage } from './packages/go.ts';
import { pythonPackage } from './packages/python.ts';
import { rustPackage } from './packages/rust.ts';
import { MissingToolchain } from './packages/stage.ts';

const PACKAGES = { go: goPackage, python: pythonPackage, rust: rustPackage };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PACKAGES));
if (unknown.length > 0) {
  console.error(`no package for \`${unknown.join(', ')}\`: there are ${Object.keys(PACKAGES).join(', ')}`);
  process.exit(64);
}
const required = process.env['CI'] === 'true';
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, pack] of Object.entries(PACKAGES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const scratch = mkdtempSync(join(tmpdir(), 'lictor-package-'));
  try {
    console.log(`✔ ${name}: ${pack(scratch)}`);
    counts.passed++;
  } catch (error) {
    const skipped = error instanceof MissingToolchain && !required;
    console.log(`${skipped ? '–' : '✘'} ${name}: ${(error as Error).message}`);
    counts[skipped ? 'skipped' : 'failed']++;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
