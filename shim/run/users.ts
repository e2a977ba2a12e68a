/** Users and groups of this machine, from its own files. Others (LDAP) are named by their numbers. */
import { readFileSync } from 'node:fs';
import type { Text } from '../workloads/process.ts';

/** Whom a workload runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  /** What a login sets of the environment; empty for a user without an entry. */
  readonly env: Readonly<Record<string, string>>;
}

/** The greatest is "no change" in the kernel. */
const MAX_ID = 2 ** 32 - 2;

/** Lines of a file by their fields; one char a byte, because names are bytes. */
const entries = (path: string): readonly (readonly string[])[] => {
  try {
    return readFileSync(path, 'latin1')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
};
const utf8 = (bytes = ''): string => Buffer.from(bytes, 'latin1').toString();
const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';

/** @returns user names by id */
export const userNames = (): ReadonlyMap<number, Text> => {
  const names = new Map<number, Text>();
  for (const [name, , uid] of entries(PASSWD))
    if (uid && !names.has(Number(uid))) names.set(Number(uid), new Uint8Array(Buffer.from(name, 'latin1')));
  return names;
};

/** @returns null where it is no number of a user or group */
const idOf = (text: string): number | null => (/^\d{1,10}$/.test(text) && Number(text) <= MAX_ID ? Number(text) : null);

/**
 * @param text `NAME`, `UID`, and behind a colon a group by name or number: then the only one. Without it the groups are
 * those of a login (initgroups(3)).
 * @returns the user, or why there is none
 */
export const findUser = (text: string): { readonly user: User } | { readonly error: string } => {
  const [name, group, ...more] = text.split(':');
  if (more.length > 0) return { error: `\`${text}\` is not NAME or UID with an optional :GROUP` };
  const entry = entries(PASSWD).find(([known, , uid]) => known === name || (uid !== undefined && uid === name));
  const uid = idOf(entry?.[2] ?? name);
  if (uid === null) return { error: `no user \`${name}\` on this machine` };
  const env: Record<string, string> = entry
    ? { HOME: utf8(entry[5]), USER: utf8(entry[0]), LOGNAME: utf8(entry[0]) }
    : {};
  const groups = entries(GROUP);
  if (group !== undefined) {
    const gid = idOf(groups.find(([known]) => known === group)?.[2] ?? group);
    return gid === null
      ? { error: `no group \`${group}\` on this machine` }
      : { user: { uid, gid, groups: [gid], env } };
  }
  const gid = idOf(entry?.[3] ?? '');
  if (gid === null) return { error: `user ${uid} has no entry on this machine: say its group, \`${uid}:GID\`` };
  const member = groups
    .filter((fields) => (fields[3] ?? '').split(',').includes(entry![0]))
    .map(([, , id]) => idOf(id));
  return { user: { uid, gid, groups: [...new Set([gid, ...member.filter((id) => id !== null)])], env } };
};
