/** The figures of a run. */
import type { Prepared } from '../cases/case.ts';
import type { Times } from '../cases/timing.ts';
import type { SourceTimes } from '../compile/compile.ts';
import type { MultiRow } from '../multi/run.ts';
import type { PeerResults } from '../peers/run.ts';
import type { SubjectRow } from '../subjects/run.ts';

export interface Case extends Prepared, Times {}

export interface Result {
  readonly machine: { readonly cpu: string; readonly node: string };
  readonly cases: readonly Case[];
  readonly source?: SourceTimes;
  /** The three that follow are left out of a quick run. */
  readonly subjects?: readonly SubjectRow[];
  readonly multi?: readonly MultiRow[];
  readonly peers?: PeerResults;
}

/** Rules that every size is compared with: from here on all shapes of a family are there. */
export const BASE = 100;

/** The cases of a family, by their numbers of rules. */
export const casesOf = (cases: readonly Case[], family: string): readonly Case[] =>
  cases.filter((one) => one.family === family).sort((a, b) => a.rules - b.rules);

/** Nanoseconds an event as a multiple of those at the base. */
export const toBase = (cases: readonly Case[], { family, rules, ns }: Case): number | undefined => {
  const base = cases.find((one) => one.family === family && one.rules === BASE);
  return base && rules !== BASE ? ns / base.ns : undefined;
};

/** Nanoseconds an event as a multiple of the native limit's. */
export const toLimit = ({ ns, limitNs }: Case): number | undefined =>
  limitNs === undefined ? undefined : ns / limitNs;
