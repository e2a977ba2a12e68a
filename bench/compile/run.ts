/**
 * What it takes from YAML to a bundle, in a process of its own as `lictor build` is one: nothing is warm. Prints one line of
 * JSON (`SourceTimes`).
 *
 *     node --import tsx bench/compile/run.ts RULES
 */
import { build } from '../../compiler/build.ts';
import { policyText } from './source.ts';

export interface SourceTimes {
  readonly rules: number;
  readonly sourceBytes: number;
  /** From text to the bundle file. */
  readonly seconds: number;
}

const rules = Number(process.argv[2]);
const text = policyText(rules);
const start = performance.now();
const { value, diagnostics } = build([{ path: 'exact.yaml', text }], { today: '2026-01-01' });
const seconds = (performance.now() - start) / 1000;
if (!value) throw new Error(`BUG: ${JSON.stringify(diagnostics[0])}`);
const times: SourceTimes = { rules, sourceBytes: Buffer.byteLength(text), seconds };
console.log(JSON.stringify(times));
