/** npm packages: installed when what is there is not what package-lock.json says. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Package → version, of a lock file; npm keeps one of what it installed in node_modules/.package-lock.json. */
const locked = (path) => {
  try {
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    return Object.entries(packages).filter(([name]) => name !== '');
  } catch {
    return null;
  }
};

const upToDate = (folder) => {
  const wanted = locked(join(folder, 'package-lock.json'));
  const there = locked(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === null || there === null) return false;
  const versions = new Map(there.map(([name, entry]) => [name, entry.version]));
  // Optional packages are those of other platforms as well: one that is not there is not missing.
  return wanted.every(([name, { version, optional }]) =>
    versions.has(name) ? versions.get(name) === version : optional === true,
  );
};

/**
 * Runs `npm ci` where it is needed; ends the process when that fails.
 *
 * @param {string} folder whose package-lock.json counts, below the project's root
 */
export const dependencies = (folder = '.') => {
  const cwd = join(root, folder);
  if (upToDate(cwd)) return;
  console.error(`installing npm packages${folder === '.' ? '' : ` of ${folder}`}`);
  // No package here needs an install script: esbuild and koffi bring their binaries in packages.
  const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error } = spawnSync('npm', args, { cwd, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`npm ci failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
};
