/** A directory is renamed between a name that is open and one that is closed, while other threads open what stands in it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { inFolder, policy, runUnder } from '../workload.ts';
import { raceProgram, UNREAD, type Race } from './race.ts';

/** The kernel performs renames where no rule is about changes of files, elsewhere Lictor does. */
const BY = [
  ['the kernel', 'file.read'],
  ['Lictor', 'file.read, file.write'],
] as const;

export const raceRenames: Race = async (tries) => {
  const lines: string[] = [];
  for (const [who, kinds] of BY)
    await inFolder(async (folder) => {
      mkdirSync(join(folder, 'plain/inner'), { recursive: true });
      writeFileSync(join(folder, 'plain/inner/x'), 'x');
      const rules = `- {name: shut, on: [${kinds}], when: 'file.path within "${folder}/closed"', action: deny}`;
      const command = [raceProgram(folder, 'renames'), 'plain', 'closed', String(tries)];
      const { stdout, stderr, error } = await runUnder(folder, policy(rules), command, { sink: UNREAD });
      assert.is(error, null);
      assert.is(stderr, '');
      assert.is(stdout, `${tries} 0\n`);
      lines.push(`directory that is renamed by ${who}: ${tries} tries, 0 reached`);
    });
  return lines;
};
