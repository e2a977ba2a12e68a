import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { growth } from './memory.ts';

test('programs and facts that come and go leave no memory behind', () => {
  assert.is(growth(), 0);
});

test.run();
