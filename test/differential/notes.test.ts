import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createVm } from '../../vm/host/index.ts';
import { overflow } from './notes.ts';

test('a batch that notes more than fits ends early and goes on', () => {
  assert.is(overflow(createVm()), null);
});

test.run();
