/** `lictor doctor --kinds` needs no kernel: it says what no sensor and no enforcer of this version can. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KINDS } from '../../vm/spec/index.ts';
import { golden, lictor } from './support.ts';

test('the list of kinds and of fields without a sensor', () => {
  const { code, stdout } = lictor(['doctor', '--kinds', '--format', 'human']);
  assert.is(code, 0);
  golden('doctor-kinds.txt', stdout);
});

test('the same as JSON, a row for each kind', () => {
  const { stdout } = lictor(['doctor', '--kinds', '--format', 'json']);
  const rows: { kind: string; timing: string; unfilled: string[] }[] = JSON.parse(stdout);
  assert.equal(
    rows.map(({ kind }) => kind),
    KINDS.map(({ name }) => name),
  );
  const dns = rows.find(({ kind }) => kind === 'net.dns')!;
  assert.is(dns.timing, 'inline');
  assert.ok(!dns.unfilled.includes('net.domain'));
});

test.run();
