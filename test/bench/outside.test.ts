/** Rule sets and traces that somebody brings along: read as the formats say, and errors name file, line and what is wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFilters, parseHeaders } from '../../bench/outside/classbench.ts';
import { firewallEvents, firewallRules } from '../../bench/outside/firewall.ts';
import { benchOutside } from '../../bench/outside/run.ts';
import { reference } from '../../vm/reference/index.ts';

const samples = join(import.meta.dirname, '..', '..', 'bench', 'outside', 'samples');

/** Number of the first filter that matches each header of a sample. */
const decided = (name: string): number[] => {
  const text = (kind: string): string => readFileSync(join(samples, `${name}.${kind}`), 'utf8');
  const { decide } = reference(firewallRules(parseFilters(name, text('filters'))));
  return firewallEvents(parseHeaders(name, text('trace'))).map(({ event }) => decide(event).actual.rule);
};

test('a filter set of IPv4 decides its trace', () => assert.equal(decided('ipv4'), [0, 1, 2, -1]));
test('a filter set of IPv6 decides its trace', () => assert.equal(decided('ipv6'), [0, 1, -1]));

const GOOD = '@10.0.0.0/8 10.1.0.0/16 0 : 65535 80 : 80 0x06/0xFF';
const wrong: readonly (readonly [string, string])[] = [
  ['@10.0.0.0/8', 'f:2: no filter: `@source destination low : high low : high 0xprotocol/0xmask` is wanted'],
  [GOOD.replace('/8', '/33'), 'f:2: `10.0.0.0/33`: a prefix has 32 bits at most'],
  [
    GOOD.replace('10.1.0.0/16', '10.1.0/16'),
    'f:2: `10.1.0/16` is no network: an address, a slash and the bits of its prefix are wanted',
  ],
  [GOOD.replace('80 : 80', '80 : 79'), 'f:2: the ports `80 : 79` run backwards'],
  [GOOD.replace('65535', '65536'), 'f:2: `65536` is no port: 0 to 65535 is wanted'],
  [GOOD.replace('0xFF', '0x0F'), 'f:2: a protocol mask other than 0x00 and 0xFF: `0x0F`'],
];
for (const [line, message] of wrong) {
  test(`refused: ${line}`, () => {
    assert.throws(
      () => parseFilters('f', `${GOOD}\n${line}\n`),
      (error: Error) => error.message === message,
    );
  });
}

test('a header that is none is refused', () => {
  for (const line of ['1 2 3 4', '1 2 3 4 256', 'x 2 3 4 6', '4294967296 2 3 4 6'])
    assert.throws(() => parseHeaders('t', line), /^(?:BadInput: )?t:1: /);
  assert.throws(() => parseHeaders('t', '\n'), /no headers/);
});

test('a missing file is wrong usage', () => {
  const { error } = console;
  console.error = () => {};
  try {
    assert.is(benchOutside(undefined, 'x'), 64);
    assert.is(benchOutside(join(samples, 'none'), join(samples, 'ipv4.trace')), 64);
    assert.is(benchOutside(join(samples, 'ipv4.filters'), join(samples, 'ipv4.filters')), 3);
  } finally {
    console.error = error;
  }
});

test.run();
