/** The help of the program and of a command, from the definitions. 80 columns, the same text with and without colour. */
import { allOptions } from './arguments.ts';
import type { Command, Option } from './command.ts';
import { Exit } from './exit.ts';
import type { Output } from './output/io.ts';
import { wrap } from './output/text.ts';
import { COMMANDS, type Entry } from './registry.ts';

const WIDTH = 80;
const ALWAYS: Partial<Record<Exit, string>> = { [Exit.Failed]: 'Lictor itself failed', [Exit.Usage]: 'wrong usage' };

/** The placeholder of an option's value, empty for a flag. */
const placeholder = (option: Option): string =>
  option.type === 'flag' ? '' : option.type === 'choice' ? option.choices.join('|') : option.value;

/** @returns `-b, --bundle FILE` */
export const spelling = (name: string, option: Option): string =>
  [option.short ? `-${option.short}, ` : '', `--${name}`, placeholder(option) && ` ${placeholder(option)}`].join('');

/** @returns the usage line of a command */
export function usageLine(entry: Entry, command: Command): string {
  const words = [`lictor ${entry.name}`];
  for (const [name, option] of Object.entries(command.options)) {
    if (option.required) words.push(option.short ? `-${option.short} ${placeholder(option)}` : spelling(name, option));
  }
  words.push('[OPTIONS]');
  const { operands, trailing } = command;
  if (operands) words.push(bracketed(operands.name, operands.min, operands.max));
  if (trailing) words.push(trailing.min > 0 ? `-- ${trailing.name}…` : `[-- ${trailing.name}…]`);
  return words.join(' ');
}

const bracketed = (name: string, min: number, max: number): string => {
  const word = max > 1 ? `${name}…` : name;
  return min > 0 ? word : `[${word}]`;
};

/** @returns the exit codes of a command with what they mean, ascending */
export const exitCodes = (command: Command): [number, string][] =>
  Object.entries({ ...ALWAYS, ...command.exits }).map(([code, doc]) => [Number(code), doc]);

/** @returns two columns, the right one wrapped */
function columns(rows: readonly (readonly [string, string])[], paint: (text: string) => string): string {
  const left = Math.min(34, Math.max(...rows.map(([term]) => term.length)));
  const indent = ' '.repeat(left + 4);
  return rows
    .map(([term, doc]) => {
      const text = wrap(doc, WIDTH, indent);
      const head = `  ${paint(term)}`;
      return term.length > left
        ? `${head}\n${text}\n`
        : `${head}${' '.repeat(left - term.length)}  ${text.trimStart()}\n`;
    })
    .join('');
}

/** @returns the text of `lictor --help` */
export function programHelp(out: Output): string {
  const { style } = out;
  const title = (text: string): string => `\n${style.strong(text)}\n`;
  return [
    `${style.strong('lictor')}: runtime security policies, compiled to bytecode, decided by a small\n`,
    'WebAssembly machine in front of the Linux kernel\n',
    title('Usage'),
    '  lictor COMMAND [OPTIONS] [OPERANDS]\n',
    title('Commands'),
    columns(
      COMMANDS.map(({ name, summary }) => [name, summary] as const),
      style.name,
    ),
    title('Options'),
    columns(
      [
        ['-h, --help', 'print this help; after a command, its own'],
        ['-V, --version', 'print the version'],
      ],
      style.name,
    ),
    title('Examples'),
    columns(
      [
        ['lictor check policies/', 'find the errors in a directory of policies'],
        ['lictor build policies/ -o p.bundle', 'compile them'],
        ['lictor run -p policies/ -- nginx', 'run a service under them'],
      ],
      style.name,
    ),
  ].join('');
}

/** @returns the text of `lictor COMMAND --help` */
export function commandHelp(entry: Entry, command: Command, out: Output): string {
  const { style } = out;
  const title = (text: string): string => `\n${style.strong(text)}\n`;
  const terms = [command.operands, command.trailing].flatMap((o) => (o ? [[o.name, o.doc] as const] : []));
  return [
    `${style.strong(`lictor ${entry.name}`)}: ${entry.summary}\n`,
    title('Usage'),
    `${wrap(usageLine(entry, command), WIDTH, '  ')}\n`,
    ...(command.about ? ['\n', `${wrap(command.about, WIDTH)}\n`] : []),
    ...(terms.length > 0 ? [title('Operands'), columns(terms, style.name)] : []),
    title('Options'),
    columns(
      Object.entries(allOptions(command)).map(([name, option]) => [spelling(name, option), option.doc] as const),
      style.name,
    ),
    ...(command.settings ? [title(command.settings.title), columns(command.settings.rows, style.name)] : []),
    title('Exit codes'),
    columns(
      exitCodes(command).map(([code, doc]) => [String(code), doc] as const),
      style.name,
    ),
    title('Examples'),
    command.examples.map(({ line, doc }) => `  ${style.faint(`# ${doc}`)}\n  ${line}\n`).join(''),
  ].join('');
}
