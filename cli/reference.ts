/** docs/cli.md, from the commands' own definitions. Called by the generator, checked for staleness with the rest. */
import { allOptions } from './arguments.ts';
import { exitCodes, spelling, usageLine } from './help.ts';
import { COMMANDS } from './registry.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const rows = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** @returns the manual page as Markdown */
export async function cliReference(): Promise<string> {
  const parts = [
    '# Commands\n\nGenerated from the definitions in `cli/commands`; do not edit.',
    'Results go to stdout, notes and progress to stderr. `--color auto` colours on a terminal unless `NO_COLOR` is set. ' +
      'A directory as an operand means every `.yaml`, `.yml` and `.json` file below it, by path.',
    rows(
      ['command', 'does'],
      COMMANDS.map(({ name, summary }) => [`[\`${name}\`](#lictor-${name})`, summary]),
    ),
  ];
  for (const entry of COMMANDS) {
    const command = (await entry.load()).default;
    parts.push(`## lictor ${entry.name}`, `${entry.summary[0].toUpperCase()}${entry.summary.slice(1)}.`);
    parts.push(`    ${usageLine(entry, command)}`);
    if (command.about) parts.push(command.about);
    const terms = [command.operands, command.trailing].flatMap((o) => (o ? [[`\`${o.name}\``, o.doc]] : []));
    const options = Object.entries(allOptions(command)).map(([name, o]) => [`\`${spelling(name, o)}\``, o.doc]);
    parts.push(rows(['operand or flag', 'meaning'], [...terms, ...options]));
    const { settings } = command;
    if (settings) {
      const named = settings.rows.map(([term, doc]) => [`\`${term}\``, doc]);
      parts.push(`${settings.title}:`, rows(['setting', 'meaning'], named));
    }
    parts.push(
      rows(
        ['exit code', 'meaning'],
        exitCodes(command).map(([code, doc]) => [String(code), doc]),
      ),
    );
    parts.push(['```sh', ...command.examples.flatMap(({ line, doc }) => [`# ${doc}`, line]), '```'].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}
