/** The peers' npm packages: kept apart from the project's own, installed when the benchmark first asks for one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Unavailable } from './peer.ts';

const folder = import.meta.dirname;
let problem: string | undefined;

const install = (): void => {
  if (problem !== undefined) throw new Unavailable(problem);
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  console.log('peers: installing the packages of bench/peers/package.json (once)');
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return;
  const reason = stderr?.split('\n').find((line) => line.includes('npm error')) ?? 'npm is not there';
  problem = `its package could not be installed: ${reason.replace(/^npm error /, '')}`;
  throw new Unavailable(problem);
};

/**
 * @param name of a module of the packages
 * @throws Unavailable where it is not there and cannot be installed
 */
export const importPeer = async <T>(name: string): Promise<T> => {
  install();
  const resolved = createRequire(join(folder, 'package.json')).resolve(name);
  return (await import(pathToFileURL(resolved).href)) as T;
};
