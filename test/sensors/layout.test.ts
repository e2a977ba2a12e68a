/** The compiled programs and the specification mean the same bytes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';
import { RECORD, SLOT } from '../../vm/spec/record.ts';
import { layoutOf, STRUCTS } from '../../shim/sensors/layout.ts';
import { SENSORS } from '../../shim/sensors/catalogue.ts';
import { skipTest } from '../support/skip.ts';
import { structsOf, type BtfStruct } from './btf.ts';

const { header, slot, ...record } = RECORD;
const EXPECTED = new Map<string, BtfStruct>([
  ['lictor_record', { size: header, offsets: record }],
  ['lictor_slot', { size: slot, offsets: SLOT }],
  ...Object.keys(STRUCTS).map((name): [string, BtfStruct] => [
    `lictor_${name}`,
    layoutOf(name as keyof typeof STRUCTS),
  ]),
]);

const folder = assetPath('bpf');
const objects = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.bpf.o')) : [];
const name = 'BTF of the compiled objects has the offsets of the specification';

if (objects.length === 0) skipTest(name, 'no BPF objects are built here');
else
  test(name, () => {
    const seen = new Set<string>();
    for (const object of objects)
      for (const [struct, layout] of structsOf(join(folder, object), [...EXPECTED.keys()])) {
        assert.equal(layout, EXPECTED.get(struct), `${struct} of ${object}`);
        seen.add(struct);
      }
    assert.equal([...seen].sort(), [...EXPECTED.keys()].sort(), 'every struct is in some object');
  });

if (objects.length > 0)
  test('every sensor of the catalogue is built', () => {
    for (const { object } of SENSORS) assert.ok(objects.includes(`${object}.bpf.o`), object);
  });

test.run();
