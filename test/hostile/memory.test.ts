import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { growth, holdsMost } from './memory.ts';

test('programs and facts that come and go leave no memory behind', () => {
  assert.is(growth(), 0);
});

test('an instance holds as many bundles as it promises', () => {
  assert.ok(holdsMost());
});

test.run();
