/** Rule families are what they say: half of the events match, and both engines agree on them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import { FAMILIES, familyOf } from '../../bench/families/index.ts';
import { compare } from '../../bench/measure/agreement.ts';
import { oracle } from '../../bench/measure/oracle.ts';
import { joined, loadWithFacts } from '../../bench/measure/records.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { createVm } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { sameDecision } from '../differential/same.ts';

const RULES = 100;
const EVENTS = 1000;
const REFERENCE_EVENTS = 200;
/** Families whose bound does not move from a hundred rules on: every shape is there, and no shape costs more with more rules. */
const LEVEL = ['a', 'a-grid', 'b', 'f', 'g', 'g-inline', 'h'];
const MORE_RULES = 2000;
/** What a bound that follows globs and networks may grow by meanwhile. */
const UNEVEN = 1.01;

const compiled = (normal: NormalForm): { program: Uint8Array; cost: Readonly<Record<string, number>> } => {
  const made = planAndEmit(normal, { allowSlow: true });
  if ('errors' in made) throw new Error(JSON.stringify(made.errors));
  return made;
};

for (const id of LEVEL) {
  test(`(${id}) the bound of ${RULES} rules is that of ${MORE_RULES}`, () => {
    const { make, uneven = [] } = familyOf(id);
    const [few, many] = [RULES, MORE_RULES].map((n) => compiled(make(n, 1).normal).cost);
    for (const kind of uneven) assert.ok(many[kind] <= UNEVEN * few[kind], `${kind}: ${few[kind]}, then ${many[kind]}`);
    const level = (cost: Readonly<Record<string, number>>): [string, number][] =>
      Object.entries(cost).filter(([kind]) => !uneven.includes(kind));
    assert.equal(level(many), level(few));
  });
}

for (const { id, make } of FAMILIES) {
  const family = make(RULES, 1);
  const asked = family.events(EVENTS);

  test(`(${id}) the VM decides as the reference, half of the events match, a tenth of these the last rule`, () => {
    const bundle = loadWithFacts(createVm(), compiled(family.normal).program, family);
    const { compared, matched, last } = compare(bundle, family, asked, 60);
    assert.is(compared, EVENTS);
    assert.ok(matched > 0.4 * EVENTS && matched < 0.6 * EVENTS, `${matched} of ${EVENTS} match`);
    assert.ok(last > 0.02 * EVENTS && last < 0.1 * EVENTS, `${last} of ${EVENTS} are decided by the last rule`);
  });

  test(`(${id}) rules that are left out for an event change nothing`, () => {
    const few = oracle(family.normal);
    const { decide } = reference(family.normal);
    for (const one of asked.slice(0, REFERENCE_EVENTS)) {
      const event = joined(family, one);
      assert.ok(sameDecision(few(event), decide(event)), JSON.stringify([few(event), decide(event)]));
    }
  });

  test(`(${id}) the same seed gives the same rules and events, another one others`, () => {
    const again = make(RULES, 1);
    assert.equal(again.normal, family.normal);
    assert.equal(again.events(50), asked.slice(0, 50));
    assert.not.equal(make(RULES, 2).events(50), asked.slice(0, 50));
  });
}

test.run();
