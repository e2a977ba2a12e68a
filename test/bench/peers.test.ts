/** The benchmark's peers: its rules, and that the engines that need no installation decide as the reference does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closures, map } from '../../bench/peers/javascript.ts';
import { normalForm, peerEvents, peerRules, recordOf } from '../../bench/peers/rules.ts';
import { decodeRecord } from '../../vm/event/index.ts';
import { reference } from '../../vm/reference/index.ts';

const rules = peerRules(50);
const events = peerEvents(rules, 400);
const { decide } = reference(normalForm(rules));
const denied = events.map((event) => {
  const decoded = decodeRecord(recordOf(event), 0);
  if ('error' in decoded) throw new Error(decoded.error);
  return decide(decoded.event).actual.action === 'deny';
});

test('half of the events match a rule, a tenth of them the last one', () => {
  assert.is(denied.filter(Boolean).length, 200);
  const last = rules[rules.length - 1];
  const ofLast = events.filter((event) => event.program === last.program && event.file === last.file);
  assert.ok(ofLast.length >= 40);
});

test('every shape of rule is there', () => {
  const shapes = new Set(rules.map((rule) => Object.keys(rule).join()));
  assert.equal([...shapes].sort(), ['file', 'program', 'program,file']);
});

for (const peer of [closures, map]) {
  test(`${peer.name} decides as the reference`, async () => {
    const engine = await peer.prepare(rules);
    assert.ok('decide' in engine);
    for (const [i, event] of events.entries()) assert.is(await engine.decide(event), denied[i], `event ${i}`);
  });
}

test.run();
