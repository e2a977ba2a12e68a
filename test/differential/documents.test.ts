/** A bundle written as documents and compiled means what it meant: the front end against the normal form. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { sameDecision } from './same.ts';

const BUNDLES = 200;
const EVENTS = 16;

const test = suite('documents');
const seed = runSeed();
console.log(`seed ${seed}`);

test(`${BUNDLES} bundles through the front end`, () => {
  for (let n = 0; n < BUNDLES; n++) {
    const r = new Random(batchSeed(seed, n));
    const { normal, focus } = randomNormalForm(r);
    const source = new EventSource(r, normal, focus);
    const meant = sayable(normal);
    const text = documentsOf(r, meant);
    const { value, diagnostics } = compile([{ path: 'policies.yaml', text }], { today: '2026-11-21' });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const shown = errors.map(
      ({ code, message, span }) => `${code} ${message}: ${span && text.slice(span.start, span.end)}`,
    );
    assert.equal(shown, [], `seed ${seed}, bundle ${n}`);
    if (value === null) throw new Error('BUG: no value and no error');
    const [before, after] = [reference(meant), reference(value.normal)];
    for (let i = 0; i < EVENTS; i++) {
      const event = source.next();
      const [wanted, said] = [before.decide(event), after.decide(event)];
      assert.ok(
        sameDecision(said, wanted),
        `seed ${seed}, bundle ${n}, event ${i}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}\n${text}`,
      );
    }
  }
});

test.run();
