/** What is measured beside the families, as tables. */
import type { MultiRow } from '../multi/run.ts';
import { VM, type PeerResults } from '../peers/run.ts';
import type { SubjectRow } from '../subjects/run.ts';
import type { Grid } from './grid.ts';

/** What it saves to know processes. */
export const subjectsGrid = (rows: readonly SubjectRow[]): Grid => ({
  head: ['', 'million events/s, inline', 'stored', 'time, stored / inline', 'steps, inline', 'stored'],
  rows: rows.map(({ what, inline, stored, inlineSteps, storedSteps }) => [
    what,
    ...[1000 / inline, 1000 / stored, stored / inline].map((n) => n.toFixed(2)),
    ...[inlineSteps, storedSteps].map((n) => n.toFixed(1)),
  ]),
});

/** What rules cost that do not decide. */
export const multiGrid = (rows: readonly MultiRow[]): Grid => ({
  head: ['', 'rules', 'bound', 'steps', 'ns an event', 'to the first'],
  rows: rows.map(({ what, rules, bound, steps, ns }) => [
    what,
    ...[rules, bound, steps.toFixed(1), ns.toFixed(0), (ns / rows[0].ns).toFixed(2)].map(String),
  ]),
});

/** Nanoseconds an event and, in parentheses, how many times the VM's with as many rules. */
export const peersGrid = ({ rows }: PeerResults): Grid => {
  const sizes = [...new Set(rows.map((row) => row.rules))];
  const nsOf = (engine: string, rules: number): number | undefined =>
    rows.find((row) => row.engine === engine && row.rules === rules)?.ns;
  const cell = (engine: string, rules: number): string => {
    const ns = nsOf(engine, rules);
    return ns === undefined ? '–' : `${ns.toFixed(0)} (${(ns / nsOf(VM, rules)!).toPrecision(2)})`;
  };
  const engines = [...new Set(rows.map((row) => row.engine))];
  return {
    head: ['engine', ...sizes.map((rules) => `${rules} rules`)],
    rows: engines.map((engine) => [engine, ...sizes.map((rules) => cell(engine, rules))]),
  };
};

/** Why engines are missing, or end where they do, a line each. */
export const peersNotes = ({ notes }: PeerResults): string[] =>
  Object.entries(notes).map(([engine, note]) => `${engine}: ${note}`);
