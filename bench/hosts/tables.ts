/** The figures of all hosts as a table, and what was promised of them. */
import type { Grid } from '../report/grid.ts';
import { NODE, type HostSpec } from './hosts.ts';

export interface Figure {
  readonly host: string;
  readonly case: string;
  /** Records of a call. */
  readonly batch: number;
  /** Nanoseconds an event, of the fastest round. */
  readonly ns: number;
}

const amount = (ns: number): string => (ns >= 1000 ? `${(ns / 1000).toFixed(1)} µs` : ns.toFixed(0));

const nsOf = (figures: readonly Figure[], host: string, one: string, batch: number): number | undefined =>
  figures.find((figure) => figure.host === host && figure.case === one && figure.batch === batch)?.ns;

/** For each case a row a host: nanoseconds an event, and times Node's. */
export const hostsGrids = (
  figures: readonly Figure[],
  hosts: readonly HostSpec[],
  batches: readonly number[],
): readonly Grid[] =>
  [...new Set(figures.map((figure) => figure.case))].map((one) => {
    const cell = (host: string, batch: number): string => {
      const ns = nsOf(figures, host, one, batch);
      const node = nsOf(figures, NODE, one, batch);
      if (ns === undefined) return '–';
      return node === undefined || host === NODE ? amount(ns) : `${amount(ns)}, × ${(ns / node).toFixed(2)}`;
    };
    return {
      head: [one, 'runtime', ...batches.map((batch) => `by ${batch}`)],
      rows: hosts
        .filter(({ name }) => figures.some((figure) => figure.host === name && figure.case === one))
        .map(({ name, runtime }) => [name, runtime, ...batches.map((batch) => cell(name, batch))]),
    };
  });

interface Ratio {
  readonly times: number;
  readonly of: string;
}

const worst = (ratios: readonly Ratio[]): Ratio | undefined =>
  ratios.length === 0 ? undefined : ratios.reduce((a, b) => (b.times > a.times ? b : a));

const said = (what: string, limit: number, ratio: Ratio | undefined): string[] =>
  ratio === undefined
    ? []
    : [
        `${what} × ${limit.toFixed(1)}: at worst × ${ratio.times.toFixed(2)} (${ratio.of}): ${ratio.times <= limit ? 'kept' : 'missed'}`,
      ];

const isBatch = ({ batch }: Figure): boolean => batch > 1;

/** Ratios of a host to another in batches. */
const ratios = (
  figures: readonly Figure[],
  host: string,
  to: (figure: Figure) => number | undefined,
): readonly Ratio[] =>
  figures
    .filter((figure) => figure.host === host && isBatch(figure))
    .flatMap((figure) => {
      const base = to(figure);
      return base === undefined ? [] : [{ times: figure.ns / base, of: `${figure.case}, by ${figure.batch}` }];
    });

/**
 * What was promised and what came of it, a line each.
 * @param limits nanoseconds of the native limit on strings alone, by case
 */
export const promises = (figures: readonly Figure[], limits: ReadonlyMap<string, number>): readonly string[] => {
  const toHost = (host: string) => (figure: Figure) => nsOf(figures, host, figure.case, figure.batch);
  const hosts = [...new Set(figures.map(({ host }) => host))];
  return [
    ...hosts
      .filter((host) => !host.startsWith(NODE) && !host.startsWith('C'))
      .flatMap((host) => said(`${host} to Node, in batches, at most`, 2, worst(ratios(figures, host, toHost(NODE))))),
    ...hosts
      .filter((host) => host.startsWith('C, '))
      .flatMap((host) => [
        ...said(
          `${host}, to C by hand on the same records, at most`,
          1.3,
          worst(ratios(figures, host, toHost('C by hand'))),
        ),
        ...said(
          `${host}, to C by hand on two strings without records, at most`,
          1.3,
          worst(ratios(figures, host, (figure) => limits.get(figure.case))),
        ),
      ]),
    ...said(
      'C, bounds in code, to the same code without comparisons, at most',
      1.3,
      worst(ratios(figures, 'C, bounds in code', toHost('C, bounds in pages'))),
    ),
  ];
};
