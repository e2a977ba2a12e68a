/**
 * Arguments to values. The platform's own tokenizer (`util.parseArgs`) splits them; what is missing there is said here:
 * unknown flags are errors with the nearest name, values are typed, a flag given twice is an error.
 */
import { parseArgs } from 'node:util';
import type { Command, Option, Operands } from './command.ts';
import { Exit, Stop } from './exit.ts';
import { nearest } from '../compiler/diagnostics/nearest.ts';
import { quantity } from './output/text.ts';

export interface Arguments {
  readonly values: Record<string, unknown>;
  readonly operands: readonly string[];
  readonly trailing: readonly string[];
  readonly help: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly format: string | undefined;
}

/** Flags that every command has. */
export const COMMON: Readonly<Record<string, Option>> = {
  color: { type: 'choice', choices: ['auto', 'always', 'never'], default: 'auto', doc: 'when to use colours' },
  help: { type: 'flag', short: 'h', doc: 'print this help' },
};

/** @returns all flags of a command by name, `--format` and the common ones included */
export function allOptions(command: Command): Record<string, Option> {
  const { formats } = command;
  const format: Record<string, Option> = formats
    ? {
        format: {
          type: 'choice',
          choices: formats,
          doc: `form of the results: ${formats[0]} on a terminal, else ${formats[1]}`,
        },
      }
    : {};
  return { ...command.options, ...format, ...COMMON };
}

const usage = (message: string, help: string | null = null): Stop => new Stop(Exit.Usage, message, help);

/**
 * @param command whose operands and flags they are
 * @param argv the arguments after the command's name
 * @throws Stop with `Exit.Usage` on the first wrong one
 */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = allOptions(command);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        {
          type: option.type === 'flag' ? ('boolean' as const) : ('string' as const),
          ...(option.short && { short: option.short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const trailing: string[] = [];
  let terminated = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') terminated = true;
    else if (token.kind === 'positional') (terminated && command.trailing ? trailing : operands).push(token.value);
    else {
      const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
      if (!option) throw unknownFlag(token.rawName, options);
      if (option.type === 'flag' && token.value !== undefined) throw usage(`\`${token.rawName}\` takes no value`);
      if (option.type !== 'flag' && token.value === undefined) throw usage(`\`${token.rawName}\` needs a value`);
      const before = given.get(token.name);
      if (before && option.type !== 'list') throw usage(`\`--${token.name}\` is given twice`);
      if (before) before.push(token.value ?? '');
      else given.set(token.name, [token.value ?? '']);
    }
  }

  const help = given.has('help');
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[name] = valueOf(name, option, given.get(name));
    if (option.required && !given.has(name) && !help) throw usage(`\`--${name}\` is missing`);
  }
  if (!help) {
    count(operands, command.operands, 'operand');
    count(trailing, command.trailing, 'argument after `--`');
  }
  const { color, format } = values as { color: Arguments['color']; format: string | undefined };
  return { values, operands, trailing, help, color, format };
}

function unknownFlag(raw: string, options: Record<string, Option>): Stop {
  const near = raw.startsWith('--') ? nearest(raw.slice(2), Object.keys(options)) : null;
  return usage(`unknown flag \`${raw}\``, near && `did you mean \`--${near}\`?`);
}

function valueOf(name: string, option: Option, given: readonly string[] | undefined): unknown {
  switch (option.type) {
    case 'flag':
      return given !== undefined;
    case 'list':
      return given ?? [];
    case 'text':
      return given?.[0];
    case 'choice': {
      const value = given?.[0] ?? option.default;
      if (value === undefined || option.choices.includes(value)) return value;
      const near = nearest(value, option.choices);
      throw usage(
        `\`--${name} ${value}\`: expected ${option.choices.join(', ')}`,
        near && `did you mean \`--${name} ${near}\`?`,
      );
    }
    case 'number': {
      if (!given) return undefined;
      const value = /^\d{1,15}$/.test(given[0]) ? Number(given[0]) : NaN;
      if (value >= option.min && value <= option.max) return value;
      throw usage(`\`--${name} ${given[0]}\`: expected an integer from ${option.min} to ${option.max}`);
    }
  }
}

function count(given: readonly string[], wanted: Operands | undefined, what: string): void {
  if (!wanted) {
    if (given.length > 0) throw usage(`unexpected ${what} \`${given[0]}\``);
    return;
  }
  if (given.length < wanted.min) throw usage(`${wanted.name} is missing`, wanted.doc);
  if (given.length > wanted.max) {
    throw usage(`unexpected ${what} \`${given[wanted.max]}\``, `${quantity(wanted.max, wanted.name)} at most`);
  }
}
