import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Vm } from '../../vm/host/index.ts';
import { derived } from './derived.ts';
import { scopes } from './scopes.ts';
import { Pair } from './engines.ts';
import { wide } from './wide.ts';

for (const [name, { normal, deliveries }] of Object.entries({ wide: wide(), derived: derived(), scopes: scopes() })) {
  test(`the ${name} bundle`, () => {
    const pair = Pair.load(Vm.create(), normal);
    assert.instance(pair, Pair);
    if (pair instanceof Pair) assert.is(pair.compare(deliveries), null);
  });
}

test.run();
