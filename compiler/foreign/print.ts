/** Lowered documents as sources of ours: what `lictor import` writes. */
import { stringify } from 'yaml';
import { format } from '../format/index.ts';
import { toJson } from '../document/located.ts';
import type { Lowered } from './system.ts';

/**
 * @param documents one at least
 * @param heading a line that says where they come from
 * @returns canonical YAML, a document after the other
 */
export function printLowered(documents: readonly Lowered[], heading: string): string {
  const texts = documents.map(({ root }) => stringify(toJson(root), { version: '1.2', aliasDuplicateObjects: false }));
  const text = `# ${heading.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')}\n${texts.join('---\n')}`;
  const { value, diagnostics } = format({ path: 'imported', text });
  if (value === null) throw new Error(`BUG: what was imported cannot be read: ${diagnostics[0]?.message}`);
  return value;
}
