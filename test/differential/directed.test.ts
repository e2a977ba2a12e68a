/** Bundles made for one purpose each, through both engines and within their bounds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createVm } from '../../vm/host/index.ts';
import { derived } from './derived.ts';
import { diagrams } from './diagrams.ts';
import { Pair } from './engines.ts';
import { networks } from './networks.ts';
import { paths } from './paths.ts';
import { scopes } from './scopes.ts';
import { wide } from './wide.ts';

const BUNDLES = {
  paths: paths(),
  wide: wide(),
  derived: derived(),
  scopes: scopes(),
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`networks ${i}`, networks(i)])),
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`diagrams ${i}`, diagrams(i)])),
};

for (const [name, { normal, deliveries }] of Object.entries(BUNDLES)) {
  for (const counting of [false, true]) {
    test(`the ${name} bundle${counting ? ' keeps its bound' : ''}`, () => {
      const vm = createVm({ counting });
      const pair = Pair.load(vm, normal);
      if (!(pair instanceof Pair)) return assert.unreachable('there is no plan');
      assert.is(counting ? pair.keepsBound(vm, deliveries) : pair.compare(deliveries), null);
    });
  }
}

test.run();
