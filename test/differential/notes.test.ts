import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Vm } from '../../vm/host/index.ts';
import { overflow } from './notes.ts';

test('a batch that notes more than fits ends early and goes on', () => {
  assert.is(overflow(Vm.create()), null);
});

test.run();
