/** Help and version: golden texts, and the promises of every definition. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allOptions } from '../../cli/arguments.ts';
import { commandHelp, programHelp } from '../../cli/help.ts';
import type { Output } from '../../cli/output/io.ts';
import { styleFor } from '../../cli/output/style.ts';
import { cliReference } from '../../cli/reference.ts';
import { COMMANDS } from '../../cli/registry.ts';
import { golden, lictor } from './support.ts';

const out: Output = {
  write: () => Promise.resolve(),
  stream: process.stdout,
  terminal: false,
  width: 80,
  colours: false,
  style: styleFor(false),
};

test('the help of the program', () => {
  golden('help.txt', programHelp(out));
});

for (const entry of COMMANDS) {
  test(`the help of ${entry.name}`, async () => {
    const command = (await entry.load()).default;
    const text = commandHelp(entry, command, out);
    golden(`help-${entry.name}.txt`, text);
    for (const line of text.split('\n')) {
      assert.ok(line.length <= 80 || line.startsWith('  lictor ') || line.includes('| lictor'), `too long: ${line}`);
    }
  });

  test(`${entry.name}: flags are lower case, said once, with a text that has no final period`, async () => {
    const command = (await entry.load()).default;
    const shorts = new Set<string>();
    for (const [name, option] of Object.entries(allOptions(command))) {
      assert.match(name, /^[a-z][a-z-]*$/);
      assert.not.match(option.doc, /\.$/);
      if (!option.short) continue;
      assert.not(shorts.has(option.short), `-${option.short} twice`);
      shorts.add(option.short);
    }
    assert.ok(command.examples.length > 0, 'no example');
    for (const { line } of command.examples) assert.match(line, new RegExp(`lictor ${entry.name}\\b`));
  });
}

test('help and version leave with 0, on stdout', () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = lictor(args);
    assert.equal([code, stdout, stderr], [0, programHelp(out), '']);
  }
  const { code, stdout } = lictor(['--version']);
  assert.is(code, 0);
  assert.match(stdout, /^lictor \d+\.\d+\.\d+\n$/);
});

test('help of a command wins over what is missing', () => {
  const { code, stdout } = lictor(['build', '--help']);
  assert.is(code, 0);
  assert.match(stdout, /^lictor build: /);
});

test('no command is wrong usage, and shows what there is', () => {
  const { code, stdout, stderr } = lictor([]);
  assert.equal([code, stdout, stderr], [64, '', programHelp(out)]);
});

test('the manual names every command and every flag', async () => {
  const manual = await cliReference();
  for (const entry of COMMANDS) {
    assert.match(manual, `## lictor ${entry.name}\n`);
    for (const name of Object.keys(allOptions((await entry.load()).default))) assert.match(manual, `--${name}`);
  }
});

test.run();
