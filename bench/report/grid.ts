/** A table that stands in a terminal and in a document alike. */
import Table from 'cli-table3';

export interface Grid {
  /** Of the columns; the first says what a row is about, figures stand in the others. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The grid with lines around its cells. */
export const terminal = ({ head, rows }: Grid): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
};

/** The grid in Markdown. */
export const markdown = ({ head, rows }: Grid): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('\n', '<br>')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
};
