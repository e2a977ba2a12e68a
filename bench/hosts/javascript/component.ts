/** The same through the component, as jco translates it. Usage: node --import tsx component.ts BUNDLE EVENTS BATCH… */
import { readFileSync } from 'node:fs';
import { newEngine } from '../../../test/component/component.ts';
import { readBundle } from '../../../vm/bundle/index.ts';
import { VERDICT } from '../../../vm/spec/index.ts';
import { printRounds } from './rounds.ts';

const [file, events, ...batches] = process.argv.slice(2);
const read = readBundle(readFileSync(file));
if ('error' in read) throw new Error(read.error);
const { engine } = newEngine();
const program = engine.load(read.bundle.program);

printRounds(readFileSync(events), batches, (span) => {
  let sum = 0;
  for (let rest = span; rest.length > 0;) {
    const { verdicts, consumed } = engine.evaluate(program, rest);
    const view = new DataView(verdicts.buffer, verdicts.byteOffset, verdicts.byteLength);
    for (let at = 0; at < verdicts.length; at += VERDICT.size) {
      sum += ((view.getUint32(at + VERDICT.rule, true) + 1) >>> 0) + verdicts[at];
    }
    rest = rest.subarray(consumed);
  }
  return sum;
});
