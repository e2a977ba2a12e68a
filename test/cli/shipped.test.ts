/** Rules of libraries that ship: found by their names, wherever a build is made. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lictor, withFiles } from './support.ts';

const RULESET = JSON.stringify({
  name: 'shop',
  rules: [
    { ruleID: 'TM-00000008', mitigation: 'terminate' },
    // Lints of this one, which refuses here, are the library's matter.
    { ruleID: 'TM-00000012', mitigation: 'terminate' },
  ],
});
const EVENT = JSON.stringify({
  kind: 'net.connect',
  proc: { path: '/usr/bin/curl' },
  net: { remote_ip: '169.254.169.254', remote_port: 80 },
  container: { id: 'c', name: 'n' },
});

test('a rule that only a shipped library has is found, from every directory, and imported as well', () => {
  withFiles({ 'set.json': RULESET }, (directory) => {
    const here = { cwd: directory };
    assert.equal(lictor(['check', '--strict', 'set.json'], here), { code: 0, stdout: '', stderr: '' });
    assert.is(lictor(['import', 'trend', 'set.json', '-o', 'ours'], here).code, 0);
    for (const path of ['set.json', join('ours', 'set.yaml')]) {
      assert.is(lictor(['build', path, '-o', `${path}.bundle`], here).code, 0);
      const { code, stdout } = lictor(['eval', '-b', `${path}.bundle`], { ...here, input: EVENT });
      assert.is(code, 2);
      assert.is(JSON.parse(stdout).action, 'stop');
    }
    assert.not.match(readFileSync(join(directory, 'set.json.bundle'), 'latin1'), directory);
  });
});

test('libraries that are among the sources are not taken twice, and unknown rules are told with the nearest', () => {
  withFiles({ 'set.json': RULESET, 'wrong.json': RULESET.replace('00000012', '00000112') }, (directory) => {
    const set = join(directory, 'set.json');
    assert.is(lictor(['check', '--strict', set, 'policies/common.yaml', 'policies/trend/names.yaml']).code, 0);
    const { code, stdout } = lictor(['check', join(directory, 'wrong.json')]);
    assert.is(code, 3);
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(
      found.map(({ code: of, help }) => `${of}: ${help}`),
      ['L1203: did you mean `TM-00000012`?'],
    );
  });
});

test.run();
