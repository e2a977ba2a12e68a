/** `options` of a policy: its mode; others say how Tetragon attaches, which decides nothing. */
import type { Located } from '../../document/located.ts';
import { get, isScalar } from '../read.ts';
import type { Findings } from './findings.ts';
import { KEYS } from './keys.ts';

export type Mode = 'enforce' | 'monitor';

const MODES = { enforce: 'enforce', monitor: 'monitor' } as const;
const MODE = 'policy-mode';
const NAMES = [MODE, 'disable-kprobe-multi', 'disable-uprobe-multi', 'override-method', 'sleepable-preload-size'];

export function readMode(spec: Located, findings: Findings): Mode {
  let mode: Mode = 'enforce';
  for (const node of findings.list(get(spec, 'options'), 'options')) {
    findings.keys(node, KEYS.option);
    const name = get(node, 'name');
    if (!isScalar(name)) findings.missing(node, 'name');
    else if (name.text === MODE) mode = findings.word(get(node, 'value'), 'value', MODES) ?? mode;
    else findings.known(name, 'option', NAMES);
  }
  return mode;
}
