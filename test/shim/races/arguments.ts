/** A thread exchanges an argument, and a variable of the environment, of the program that is executed. */
import * as assert from 'uvu/assert';
import { inFolder, policy, runUnder } from '../workload.ts';
import { linesOf, raceProgram, UNREAD, type Race } from './race.ts';

const RULES = ['args', 'env']
  .map((name) => `- {name: no-denied-${name}, on: exec, when: 'any(proc.${name}, contains "denied")', action: deny}`)
  .join('\n');

export const raceArguments: Race = async (tries) => {
  let lines: readonly string[] = [];
  await inFolder(async (folder) => {
    const command = [raceProgram(folder, 'arguments'), String(tries)];
    const { stdout, error, notices } = await runUnder(folder, policy(RULES), command, { sink: UNREAD });
    assert.is(error, null);
    const [denied, agreed] = linesOf(stdout)[0].split(' ').map(Number);
    assert.is(denied, 0);
    assert.ok(agreed > 0, 'none ran at all');
    lines = [
      `arguments: ${tries} tries, ${agreed} ran with what is allowed, ${denied} with what is denied`,
      ...notices,
    ];
  });
  return lines;
};
