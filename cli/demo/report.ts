/** What the demo shows of a round: a table that fits 80 columns and says the same without colour. */
import type { Output } from '../output/io.ts';
import { table } from '../output/table.ts';
import { duration } from '../output/text.ts';
import type { Outcome } from './round.ts';

const latency = (ns: number | null | undefined): string => (ns === null || ns === undefined ? '' : duration(ns));

/** @returns the table of a round in which the policy is enforced */
export function enforced(outcomes: readonly Outcome[], out: Output): string {
  const { style } = out;
  const rows = outcomes.map(({ step, worked, record }) => [
    step.tried,
    worked ? (step.attack ? style.bad('✘ worked') : style.good('✔ worked')) : style.good('✔ denied'),
    record?.rule ?? style.faint('–'),
    record?.mechanism ?? '',
    latency(record?.latency_ns),
  ]);
  return table(
    out,
    [
      { title: 'TRIED' },
      { title: 'OUTCOME' },
      { title: 'BY THE RULE' },
      { title: 'HOW' },
      { title: 'VERDICT IN', right: true },
    ],
    rows,
  );
}

/** @returns the table of a round in which the policy only observes */
export function observed(outcomes: readonly Outcome[], out: Output): string {
  const { style } = out;
  const rows = outcomes.map(({ step, worked, record }) => [
    step.tried,
    worked ? (step.attack ? style.bad('! worked') : style.good('✔ worked')) : style.warn('– failed'),
    record?.would ? style.warn(`would ${record.would.action}`) : style.faint('–'),
    record?.would?.rule ?? '',
    latency(record?.latency_ns),
  ]);
  return table(
    out,
    [
      { title: 'TRIED' },
      { title: 'OUTCOME' },
      { title: 'RECORDED' },
      { title: 'BY THE RULE' },
      { title: 'VERDICT IN', right: true },
    ],
    rows,
  );
}
