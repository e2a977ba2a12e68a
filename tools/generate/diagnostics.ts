/** The page of diagnostics: one entry for each code. */
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { page } from './markdown.ts';
import type { Target } from './target.ts';

/** @returns `docs/reference/diagnostics.md` */
export const diagnostics = (): Target =>
  page(
    'docs/reference/diagnostics.md',
    'Diagnostics',
    'Codes are stable. An error leaves no bundle; a warning does, but `--strict` makes it an error.',
    ...Object.entries(CATALOGUE)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, { title, severity, text }]) => ['', `## ${name}: ${title}`, '', `*${severity}.* ${text}`]),
  );
