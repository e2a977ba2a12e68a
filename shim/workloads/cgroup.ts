/** A workload's own cgroup in the cgroup2 hierarchy. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PARENT = 'lictor';
/** Where Lictor mounts cgroup2 itself when nobody has. */
const OWN_MOUNT = '/run/lictor/cgroup';

/** @returns where cgroup2 is mounted, or null */
export const cgroupMount = (): string | null => {
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [left, right] = line.split(' - ');
    // a mount whose root is not the hierarchy's is a part of it only, still good to make a cgroup in
    if (right?.startsWith('cgroup2 ')) return left.split(' ')[4];
  }
  return null;
};

/** @returns where it is mounted now, or why it cannot be */
export const mountCgroup = (): { readonly path: string } | { readonly error: string } => {
  const found = cgroupMount();
  if (found) return { path: found };
  mkdirSync(OWN_MOUNT, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'cgroup2', 'none', OWN_MOUNT], { encoding: 'utf8' });
  return status === 0 ? { path: OWN_MOUNT } : { error: `cannot mount cgroup2: ${stderr?.trim() || 'no `mount`'}` };
};

/** Removes cgroups of runs whose process is gone; one with a process in it refuses, and stays. */
const sweep = (parent: string): void => {
  for (const entry of readdirSync(parent, { withFileTypes: true }))
    if (entry.isDirectory() && !existsSync(`/proc/${parseInt(entry.name, 10)}`)) removeCgroup(join(parent, entry.name));
};

type Made = { readonly path: string } | { readonly error: string };

/**
 * @param id of the run: begins with the process id of its owner
 * @returns where its cgroup is to be made, by the launcher: who makes it has to be there to remove it
 */
export const cgroupPath = (id: string): Made => {
  try {
    const mounted = mountCgroup();
    if ('error' in mounted) return mounted;
    const parent = join(mounted.path, PARENT);
    mkdirSync(parent, { recursive: true });
    sweep(parent);
    return { path: join(parent, id) };
  } catch (error) {
    return { error: `cannot make a cgroup: ${(error as Error).message}` };
  }
};

/** @returns the directory of a new, empty cgroup, or why there is none */
export const makeCgroup = (id: string): Made => {
  const made = cgroupPath(id);
  try {
    if ('path' in made) mkdirSync(made.path);
    return made;
  } catch (error) {
    return { error: `cannot make a cgroup: ${(error as Error).message}` };
  }
};

/** Kills every process in it, at once. @returns null or why not */
export const killCgroup = (path: string): string | null => {
  try {
    writeFileSync(join(path, 'cgroup.kill'), '1');
    return null;
  } catch (error) {
    return `cannot kill the workload: ${(error as Error).message}`;
  }
};

/** Host ids of its processes. */
export const cgroupProcesses = (path: string): readonly number[] =>
  readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

/** Does nothing where it is gone or still in use. */
export const removeCgroup = (path: string): void => {
  try {
    rmdirSync(path);
  } catch {
    // in use, or removed by the launcher
  }
};
