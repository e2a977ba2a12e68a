/** `lictor completion`: completion scripts, from the commands' own definitions. */
import type { Command } from '../command.ts';
import { defineCommand } from '../command.ts';
import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import { zsh } from '../completion/zsh.ts';
import { Exit, Stop } from '../exit.ts';
import { COMMANDS, type Entry } from '../registry.ts';

const SHELLS = { bash, zsh, fish };

export default defineCommand({
  operands: { name: 'SHELL', min: 1, max: 1, completes: { oneOf: Object.keys(SHELLS) }, doc: 'bash, zsh or fish' },
  options: {},
  exits: { [Exit.Ok]: 'printed' },
  examples: [
    { line: 'source <(lictor completion bash)', doc: 'in ~/.bashrc' },
    { line: 'lictor completion zsh >"${fpath[1]}/_lictor"', doc: 'for zsh' },
    { line: 'lictor completion fish >~/.config/fish/completions/lictor.fish', doc: 'for fish' },
  ],
  async run({ operands: [shell], io }) {
    if (!Object.hasOwn(SHELLS, shell)) {
      throw new Stop(Exit.Usage, `no completion for \`${shell}\``, `shells are ${Object.keys(SHELLS).join(', ')}`);
    }
    const loaded = await Promise.all(
      COMMANDS.map(async (entry): Promise<[Entry, Command]> => [entry, (await entry.load()).default]),
    );
    await io.out.write(SHELLS[shell as keyof typeof SHELLS](loaded));
    return Exit.Ok;
  },
});
