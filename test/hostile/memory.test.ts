import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { growth, holdsMost, staysInside } from './memory.ts';

test('programs and facts that come and go leave no memory behind', () => {
  assert.is(growth(), 0);
});

test('an event with more of everything than there are keys stays inside of its bundle', staysInside);

test('an instance holds as many bundles as it promises', () => {
  assert.ok(holdsMost());
});

test.run();
