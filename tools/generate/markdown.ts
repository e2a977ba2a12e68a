/** The little Markdown that generated pages need. */
import { GENERATED, type Target } from './target.ts';

const cell = (text: string | number): string => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** @returns lines of a table */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);

/** `code` in a text, also where it is empty. */
export const code = (text: string | number): string => (text === '' ? '' : `\`${text}\``);

/** @returns a page, with the note that it is generated in its first line */
export const page = (path: string, title: string, ...lines: readonly string[]): Target => ({
  path,
  text: [`<!-- ${GENERATED} -->`, `# ${title}`, '', ...lines].join('\n') + '\n',
});
