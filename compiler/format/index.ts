/** The canonical form of a source. */
import type { Source, Staged } from '../diagnostics/diagnostic.ts';
import type { Located } from '../document/located.ts';
import { parseYaml, readYaml } from '../document/yaml.ts';
import { printJson } from './json.ts';
import { printYaml } from './yaml.ts';

/** How often the library's printer is asked until it repeats itself: some comments move once. */
const ROUNDS = 4;

/**
 * The canonical form: keys in the order of the reference, conditions quoted or in blocks, comments kept. What a source
 * means does not change; formatting a canonical source gives the same text.
 *
 * @returns null where the text is not YAML, or holds what no source may (tags, keys twice, …): see the diagnostics
 */
export function format(source: Source): Staged<string | null> {
  const { value, diagnostics } = readYaml(source, 0);
  if (diagnostics.length > 0) return { value: null, diagnostics };
  const { roots } = value;
  if (isJson(source.text) && roots.length === 1) return { value: printJson(roots[0]), diagnostics };

  let text = source.text;
  for (let round = 0; round < ROUNDS; round++) {
    const { value: documents, diagnostics: faults } = parseYaml({ ...source, text }, 0);
    // What the library printed it cannot always read: then the source stays as it is.
    if (documents === null || faults.length > 0) return { value: source.text, diagnostics };
    const printed = printYaml(documents);
    if (printed === text) break;
    text = printed;
  }
  // The printer is a library's: a text that it would change is left as it is.
  const again = readYaml({ ...source, text }, 0);
  const same = again.diagnostics.length === 0 && meaning(again.value.roots) === meaning(roots);
  return { value: same ? text : source.text, diagnostics };
}

/** Two sources with the same meaning have the same text here. */
const meaning = (roots: readonly Located[]): string => roots.map(printJson).join('');

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
