/** Automata of globs and expressions accept what the reference's matchers accept, which are other code. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseGlob, parseRegex, toDfa } from '../../compiler/pattern/index.ts';
import { globMatches } from '../../vm/reference/glob.ts';
import { regexMatches } from '../../vm/reference/regex.ts';
import { folded, glob, regex } from '../generators/patterns.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { fieldId, nearMiss, randomString } from '../generators/values.ts';

const PATTERNS = 3000;
const TEXTS = 12;
const STATES = 4000;

const test = suite('patterns');
const seed = runSeed();
console.log(`seed ${seed}`);

const KINDS = {
  glob: { draw: glob, parse: parseGlob, matches: globMatches },
  matches: { draw: regex, parse: parseRegex, matches: regexMatches },
};

for (const [name, { draw, parse, matches }] of Object.entries(KINDS)) {
  test(name, () => {
    for (let n = 0; n < PATTERNS; n++) {
      const r = new Random(batchSeed(seed, n));
      const field = r.pick(['file.path', 'proc.cmdline', 'proc.name'].map(fieldId));
      const plain = draw(r, field);
      const fold = r.chance(0.3);
      const sketch = fold ? folded(plain) : plain;
      const about = `seed ${seed}, ${n}: ${JSON.stringify(sketch.text)}${fold ? ', folded' : ''}`;
      const parsed = parse(sketch.text, fold);
      if ('error' in parsed) throw new Error(`${about}: ${parsed.error}`);
      const dfa = toDfa(parsed.pattern, STATES);
      if (dfa === null) continue;
      for (let i = 0; i < TEXTS; i++) {
        const sample = r.chance(0.8) ? sketch.sample(r) : randomString(r, field);
        const text = (r.chance(0.3) ? nearMiss(r, sample) : sample).slice(0, 200);
        let state = dfa.start;
        for (let at = 0; at < text.length; at++) state = dfa.next[state * 256 + text.charCodeAt(at)];
        assert.is(dfa.accept[state] === 1, matches(sketch.text, text, fold), `${about} on ${JSON.stringify(text)}`);
      }
    }
  });
}

test.run();
