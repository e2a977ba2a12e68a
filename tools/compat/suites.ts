/** The suites: an interpreter's own tests, version control, tools, databases, a build, a package manager. */
import { COREUTILS } from './coreutils.ts';
import { GITS } from './git.ts';
import { POSTGRESQL } from './postgresql.ts';
import { PROGRAMS } from './programs.ts';
import { PYTHONS } from './python.ts';
import { REDIS } from './redis.ts';
import type { Suite } from './suite.ts';

export const SUITES: readonly Suite[] = [...PROGRAMS, ...PYTHONS, ...GITS, ...COREUTILS, ...REDIS, ...POSTGRESQL];
