/** What planning costs: rules that many keys find must not be copied from list to list without an end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Diagram, isNode, plan, type Step } from '../../compiler/plan/index.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';

const test = suite('choice of keys');

/** Candidates of a diagram, each list at its ends once. */
const length = (diagram: Diagram, seen = new Set<Diagram>()): number => {
  if (seen.has(diagram)) return 0;
  seen.add(diagram);
  return isNode(diagram) ? length(diagram.yes, seen) + length(diagram.no, seen) : diagram.length;
};

const places = (step: Step): number => {
  if (step.op === 'list') return length(step.list);
  return [...step.lists.values()].reduce((sum, list) => sum + length(list), 0);
};

test('tests for one of many values do not multiply', () => {
  // 408 random rules, most of which ask for one of several values of several fields: copies of copies did not come to an end
  const text = readFileSync(join(import.meta.dirname, 'many-values.ndjson'), 'utf8');
  const normal = JSON.parse(text) as NormalForm;
  const rules = normal.policies.reduce((sum, { rules }) => sum + rules.length, 0);
  assert.ok(rules > 400, `${rules} rules`);
  for (const { known, unknown } of plan(normal).kinds) {
    for (const steps of [known, unknown]) {
      const copies = steps.reduce((sum, step) => sum + places(step), 0);
      assert.ok(copies <= 128 * rules, `${copies} places of ${rules} rules`);
    }
  }
});

test.run();
