/** Arguments to values, in process: every kind of flag, every kind of mistake. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArguments } from '../../cli/arguments.ts';
import { defineCommand } from '../../cli/command.ts';
import { Exit, Stop } from '../../cli/exit.ts';

const command = defineCommand({
  operands: { name: 'PATH', min: 1, max: 2, completes: 'file', doc: 'files' },
  trailing: { name: 'CMD', min: 0, max: Infinity, completes: 'file', doc: 'a program' },
  options: {
    bundle: { type: 'text', short: 'b', value: 'FILE', required: true, doc: 'a bundle' },
    set: { type: 'list', value: 'NAME=VALUE', doc: 'parameters' },
    threshold: { type: 'number', value: 'N', min: 0, max: 100, doc: 'a number' },
    engine: { type: 'choice', choices: ['vm', 'reference'], default: 'vm', doc: 'an engine' },
    strict: { type: 'flag', short: 's', doc: 'a flag' },
  },
  formats: ['human', 'json'],
  exits: {},
  examples: [],
  run: () => Promise.resolve(Exit.Ok),
});

const mistake = (argv: readonly string[]): Stop => {
  try {
    parseArguments(command, argv);
  } catch (error) {
    assert.instance(error, Stop);
    assert.is((error as Stop).exit, Exit.Usage);
    return error as Stop;
  }
  throw new Error(`nothing wrong with ${argv.join(' ')}`);
};

test('flags of every type, long, short and with an equals sign', () => {
  const argv = ['-b', 'x.bundle', 'a', '--set', 'a=1', '--set=b=2', '--threshold', '7', '-s', 'b', '--', 'ls', '-l'];
  const { values, operands, trailing, help, color, format } = parseArguments(command, argv);
  assert.equal(
    { ...values },
    {
      bundle: 'x.bundle',
      set: ['a=1', 'b=2'],
      threshold: 7,
      engine: 'vm',
      strict: true,
      format: undefined,
      color: 'auto',
      help: false,
    },
  );
  assert.equal([operands, trailing, help, color, format], [['a', 'b'], ['ls', '-l'], false, 'auto', undefined]);
});

test('a value may begin with a dash, an operand may be one', () => {
  const { values, operands } = parseArguments(command, ['-b', '-x', '-']);
  assert.is(values.bundle, '-x');
  assert.equal(operands, ['-']);
});

test('help asks for nothing else', () => {
  assert.is(parseArguments(command, ['--help']).help, true);
});

const MISTAKES: readonly (readonly [argv: readonly string[], message: string, help?: string])[] = [
  [['-b', 'x', 'a', '--sett', 'a=1'], 'unknown flag `--sett`', 'did you mean `--set`?'],
  [['-b', 'x', 'a', '-z'], 'unknown flag `-z`'],
  [['-b', 'x', 'a', '--no-strict'], 'unknown flag `--no-strict`', 'did you mean `--strict`?'],
  [['-b', 'x', 'a', '--strict=yes'], '`--strict` takes no value'],
  [['a', '-b'], '`-b` needs a value'],
  [['a', '-b', 'x', '--bundle', 'y'], '`--bundle` is given twice'],
  [['-b', 'x', 'a', '--engine', 'wm'], '`--engine wm`: expected vm, reference', 'did you mean `--engine vm`?'],
  [['-b', 'x', 'a', '--threshold', '1e3'], '`--threshold 1e3`: expected an integer from 0 to 100'],
  [['-b', 'x', 'a', '--threshold', '101'], '`--threshold 101`: expected an integer from 0 to 100'],
  [['a'], '`--bundle` is missing'],
  [['-b', 'x'], 'PATH is missing', 'files'],
  [['-b', 'x', 'a', 'b', 'c'], 'unexpected operand `c`', '2 PATHs at most'],
  [['-b', 'x', 'a', '--format', 'xml'], '`--format xml`: expected human, json'],
  [['-b', 'x', 'a', '--constructor'], 'unknown flag `--constructor`'],
];
for (const [argv, message, help] of MISTAKES) {
  test(`mistake: ${argv.join(' ')}`, () => {
    const stop = mistake(argv);
    assert.is(stop.message, message);
    assert.is(stop.help, help ?? null);
  });
}

test.run();
