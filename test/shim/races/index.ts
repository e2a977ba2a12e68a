/** All races: what is exchanged while the guard decides, and how often that is tried with every run of the tests. */
import { raceArguments } from './arguments.ts';
import { racePaths } from './paths.ts';
import type { Race } from './race.ts';
import { raceRenames } from './renames.ts';
import { raceSockets } from './sockets.ts';
import { raceStreams } from './streams.ts';

export const RACES: readonly (readonly [what: string, race: Race, few: number])[] = [
  ['a path, or a symlink in it', racePaths, 60],
  ['an address or a descriptor', raceSockets, 1000],
  ['an argument of a program, or its environment', raceArguments, 1000],
  ['a standard stream of a program', raceStreams, 1000],
  ['the name of a directory', raceRenames, 1000],
];
