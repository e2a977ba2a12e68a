/** All families of rules, by the letters that the documentation uses. */
import { commands } from './commands.ts';
import { directories } from './directories.ts';
import { exactDistinct, exactGrid } from './exact.ts';
import type { Generator } from './family.ts';
import { accessLists, firewalls, ipChains } from './firewall.ts';
import { globs } from './globs.ts';
import { mixture } from './mixture.ts';
import { users } from './users.ts';
import { workloadsInline, workloadsStored } from './workloads.ts';

export type { Asked, Facts, Family, Generator } from './family.ts';

export interface FamilySpec {
  readonly id: string;
  readonly doc: string;
  readonly make: Generator;
  /** Rules at most, where the shape has a limit of its own. */
  readonly most: number;
  /** Kinds whose bound follows globs and networks, where that of the others is the same from 100 rules on. */
  readonly uneven?: readonly string[];
  /** Only an exact program, an exact file or both: what the native limit can decide too. */
  readonly exact?: true;
}

export const FAMILIES: readonly FamilySpec[] = [
  { id: 'a', doc: 'program and file, each pair with values of its own', make: exactDistinct, most: 1e6, exact: true },
  { id: 'a-grid', doc: 'program and file, √n values of each in all pairs', make: exactGrid, most: 1e6, exact: true },
  { id: 'b', doc: 'nested directories to depth 12, most specific first', make: directories, most: 1e6 },
  { id: 'c', doc: 'globs and suffixes', make: globs, most: 1e4 },
  { id: 'd', doc: 'substrings and expressions on the command line', make: commands, most: 11_000 },
  { id: 'e-acl', doc: 'firewall rules as in access control lists', make: accessLists, most: 1e6 },
  { id: 'e-fw', doc: 'firewall rules as in firewalls', make: firewalls, most: 1e6 },
  { id: 'e-ipc', doc: 'firewall rules as in IP chains', make: ipChains, most: 1e6 },
  { id: 'f', doc: 'users, flags and negations', make: users, most: 1e6 },
  { id: 'g', doc: 'policies of 10^4 workloads, their facts stored', make: workloadsStored, most: 1e6 },
  { id: 'g-inline', doc: 'policies of 10^4 workloads, their facts in every event', make: workloadsInline, most: 1e6 },
  { id: 'h', doc: 'a mixture of all', make: mixture, most: 1e6, uneven: ['file.read', 'net.connect'] },
];

/** @throws Error where there is no such family */
export const familyOf = (id: string): FamilySpec => {
  const found = FAMILIES.find((family) => family.id === id);
  if (!found) throw new Error(`no family \`${id}\`: there are ${FAMILIES.map((f) => f.id).join(', ')}`);
  return found;
};
