/** Build steps that run only when what they read, or what they should have written, has changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const stampFile = join(root, 'dist', '.stamps.json');

const files = (path) => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => files(`${path}/${name}`));
};

/** Of the contents and names of all inputs, and of the Node that runs the step. */
const digest = (inputs) => {
  const hash = createHash('sha256').update(process.version);
  for (const path of inputs.flatMap(files)) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
};

const stamps = () => {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
};

/**
 * @typedef {object} Step
 * @property {string} name what it makes, for people
 * @property {readonly string[]} inputs files and folders, below the project's root
 * @property {readonly string[]} outputs files that must be there afterwards
 * @property {readonly string[]} needs system packages without which it is left out
 * @property {readonly string[]} command arguments for node
 *
 * @param {Step} step
 * @param {readonly string[]} missing system packages that are not there
 * @returns {boolean} whether it stands: made now, or up to date
 */
export const runStep = ({ name, inputs, outputs, needs, command }, missing) => {
  const hash = digest(inputs);
  const stands = outputs.every((path) => existsSync(join(root, path)));
  if (stands && stamps()[name] === hash) return true;
  const lacking = needs.filter((need) => missing.includes(need));
  if (lacking.length > 0) {
    console.error(`left out: ${name} (needs ${lacking.join(', ')})`);
    return false;
  }
  console.error(`building ${name}`);
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`building ${name} failed`);
    process.exit(1);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  // What a step writes can be among what it reads (generated files): the hash is that of the end.
  writeFileSync(stampFile, JSON.stringify({ ...stamps(), [name]: digest(inputs) }, null, 2));
  return true;
};
