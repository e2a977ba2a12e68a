/** Completion for fish. */
import type { Completes } from '../command.ts';
import { flagsOf, type Commands } from './words.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function values(completes: Completes): string {
  if (completes === 'nothing') return '-x';
  if (completes === 'file') return '-rF';
  if (completes === 'directory') return "-xa '(__fish_complete_directories)'";
  return `-xa ${quoted(completes.oneOf.join(' '))}`;
}

/** @returns the script */
export function fish(commands: Commands): string {
  const first = '__fish_use_subcommand';
  const lines = ['# fish completion for lictor', 'complete -c lictor -f'];
  lines.push(`complete -c lictor -n ${first} -s h -l help -d 'print help'`);
  lines.push(`complete -c lictor -n ${first} -s V -l version -d 'print the version'`);
  for (const [{ name, summary }, command] of commands) {
    lines.push(`complete -c lictor -n ${first} -a ${name} -d ${quoted(summary)}`);
    const here = `-n '__fish_seen_subcommand_from ${name}'`;
    for (const { long, short, doc, value } of flagsOf(command)) {
      const spelling = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
      lines.push(
        `complete -c lictor ${here} ${spelling}${value ? ` ${values(value.completes)}` : ''} -d ${quoted(doc)}`,
      );
    }
    const completes = command.operands?.completes ?? 'nothing';
    if (completes === 'file' || completes === 'directory') lines.push(`complete -c lictor ${here} -F`);
    else if (completes !== 'nothing') lines.push(`complete -c lictor ${here} ${values(completes)}`);
  }
  return `${lines.join('\n')}\n`;
}
