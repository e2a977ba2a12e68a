/** A thread exchanges what standard input of the program that is executed refers to. */
import * as assert from 'uvu/assert';
import { inFolder, policy, runUnder } from '../workload.ts';
import { linesOf, raceProgram, UNREAD, type Race } from './race.ts';

const RULES = `- {name: no-socket, on: exec, when: 'proc.stdin_type in ("ipv4", "ipv6")', action: deny}`;

export const raceStreams: Race = async (tries) => {
  let lines: readonly string[] = [];
  await inFolder(async (folder) => {
    const command = [raceProgram(folder, 'streams'), String(tries)];
    const { stdout, error, notices } = await runUnder(folder, policy(RULES), command, { sink: UNREAD });
    assert.is(error, null);
    const [denied, agreed] = linesOf(stdout)[0].split(' ').map(Number);
    assert.is(denied, 0);
    assert.ok(agreed > 0, 'none ran at all');
    lines = [`streams: ${tries} tries, ${agreed} ran with what is allowed, ${denied} with what is denied`, ...notices];
  });
  return lines;
};
