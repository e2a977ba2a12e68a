/** Completion for zsh. */
import type { Completes } from '../command.ts';
import { flagsOf, type Commands } from './words.ts';

/** Inside `'…'` and an `_arguments` specification. */
const quoted = (text: string): string =>
  text.replaceAll("'", "'\\''").replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:');

function action(completes: Completes): string {
  if (completes === 'nothing') return ' ';
  if (completes === 'file') return '_files';
  if (completes === 'directory') return '_files -/';
  return `(${completes.oneOf.join(' ')})`;
}

/** @returns the script, to be put where \`fpath\` finds it as \`_lictor\` */
export function zsh(commands: Commands): string {
  const cases = commands.map(([{ name }, command]) => {
    const flags = flagsOf(command).flatMap(({ long, short, doc, value }) =>
      [long, ...(short ? [short] : [])].map((spelling) => {
        const takes = value ? `:${value.name}:${action(value.completes)}` : '';
        return `        '*${spelling}[${quoted(doc)}]${takes}'`;
      }),
    );
    const { operands, trailing } = command;
    const rest = operands ? [`        '*:${operands.name}:${action(operands.completes)}'`] : [];
    const words = trailing ? ["        '*::CMD: _normal'"] : [];
    return [
      `      ${name})`,
      '        _arguments -s \\',
      [...flags, ...(trailing ? words : rest)].join(' \\\n'),
      '        ;;',
    ].join('\n');
  });
  return `#compdef lictor
_lictor() {
  local context state line
  _arguments -C '(- *)'{-h,--help}'[print help]' '(- *)'{-V,--version}'[print the version]' '1:command:->command' '*::operand:->operand'
  case $state in
    command)
      local -a commands=(
${commands.map(([{ name, summary }]) => `        '${name}:${quoted(summary)}'`).join('\n')}
      )
      _describe command commands
      ;;
    operand)
      case $words[1] in
${cases.join('\n').replace(/^ {6}/gm, '      ')}
      esac
      ;;
  esac
}
_lictor "$@"
`;
}
