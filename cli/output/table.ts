/** Tables for people: cli-table3 without its borders, which neither copy nor narrow well. */
import Table from 'cli-table3';
import type { Output } from './io.ts';

const BARE = Object.fromEntries(
  [
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right',
    'left left-mid mid mid-mid right right-mid',
  ].flatMap((names) => names.split(' ').map((name) => [name, ''])),
);

export interface Column {
  readonly title: string;
  readonly right?: true;
}

/**
 * @param columns titles, upper case
 * @param rows texts, styled or not
 * @returns lines without trailing blanks, a newline at the end of each
 */
export function table(out: Output, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const built = new Table({
    head: columns.map((column) => out.style.faint(column.title)),
    colAligns: columns.map((column) => (column.right ? 'right' : 'left')),
    chars: { ...BARE, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) built.push([...row]);
  return built
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
