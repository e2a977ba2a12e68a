import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Vm } from '../../vm/host/index.ts';
import { Pair } from './engines.ts';
import { wide } from './wide.ts';

test('a bundle with many keys of every form', () => {
  const { normal, deliveries } = wide();
  const pair = Pair.load(Vm.create(), normal);
  assert.instance(pair, Pair);
  if (pair instanceof Pair) assert.is(pair.compare(deliveries), null);
});

test.run();
