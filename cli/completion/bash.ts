/** Completion for bash. Nothing but builtins: bash-completion may be absent. */
import type { Completes } from '../command.ts';
import { flagsOf, type Commands } from './words.ts';

/** The arguments of `compgen` that offer these values. */
function generator(completes: Completes): string {
  if (completes === 'nothing') return '';
  if (completes === 'file') return '-f';
  if (completes === 'directory') return '-d';
  return `-W '${completes.oneOf.join(' ')}'`;
}

/** @returns the script */
export function bash(commands: Commands): string {
  const cases = commands.map(([{ name }, command]) => {
    const flags = flagsOf(command);
    const values = flags.flatMap(({ long, short, value }) =>
      value ? [`        ${short ? `${short}|` : ''}${long}) offer="${generator(value.completes)}"; return ;;`] : [],
    );
    return [
      `    ${name})`,
      `      flags='${flags.map((flag) => flag.long).join(' ')}'`,
      `      operands="${generator(command.operands?.completes ?? 'nothing')}"`,
      '      case $previous in',
      ...values,
      '      esac ;;',
    ].join('\n');
  });
  return `# bash completion for lictor
_lictor_offer() {
  local flags= operands=
  case $command in
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then offer="-W '$flags'"; else offer=$operands; fi
}
_lictor() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} offer= word
  COMPREPLY=()
  # words after -- belong to the workload
  for word in "\${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    if [[ $word == -- ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$current"); return; fi
  done
  if ((COMP_CWORD == 1)); then
    offer="-W '${commands.map(([{ name }]) => name).join(' ')} --help --version'"
  else
    _lictor_offer
  fi
  if [[ $offer ]]; then mapfile -t COMPREPLY < <(eval "compgen $offer" -- '"$current"'); fi
}
complete -o filenames -F _lictor lictor
`;
}
