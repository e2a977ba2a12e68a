/** The canonical form of a source. */
import type { Source, Staged } from '../diagnostics/diagnostic.ts';
import { parseYaml } from '../document/yaml.ts';

export function format(source: Source): Staged<string | null> {
  const { diagnostics } = parseYaml(source, 0);
  return { value: diagnostics.length > 0 ? null : source.text, diagnostics };
}
