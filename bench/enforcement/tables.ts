/** The figures as tables. */
import type { Grid } from '../report/grid.ts';
import type { BusyRow, Latency, OperationRow, ProgramRow } from './measure.ts';

const micro = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const pair = (value: Latency | undefined): string => (value ? `${micro(value.p50)} / ${micro(value.p99)}` : '–');
const times = (value: number | undefined): string => (value === undefined ? '–' : `× ${value.toFixed(2)}`);

export const operationsGrid = (rows: readonly OperationRow[]): Grid => ({
  head: ['µs, p50 / p99', 'bare', 'allowed', 'to bare', 'denied', 'study: allowed', 'denied'],
  rows: rows.map(({ what, bare, allowed, denied, study }) => [
    what,
    ...[pair(bare), pair(allowed), times(allowed && allowed.p50 / bare.p50), pair(denied)],
    ...[study?.[0], study?.[1]].map((value) => (value === undefined ? '' : String(value))),
  ]),
});

export const busyGrid = (rows: readonly BusyRow[]): Grid => ({
  head: ['processes that open files', 'opens/s, bare', 'guarded', 'to bare', 'µs, p50 / p99, bare', 'guarded'],
  rows: rows.map(({ what, bare, guarded, bareLatency, guardedLatency }) => [
    what,
    ...[bare.toFixed(0), guarded.toFixed(0), times(guarded / bare), pair(bareLatency), pair(guardedLatency)],
  ]),
});

export const programsGrid = (rows: readonly ProgramRow[]): Grid => ({
  head: ['', 'bare, ms', 'a policy that touches it partly', 'everything asked', '`strace -f`'],
  rows: rows.map(({ what, bareMs, touching, asking, strace }) => [
    what,
    ...[bareMs.toFixed(0), times(touching), times(asking), times(strace)],
  ]),
});
