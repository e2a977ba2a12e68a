/** A thread exchanges the address, or the descriptor, that a socket operation is about. */
import * as assert from 'uvu/assert';
import { inFolder, policy, runUnder } from '../workload.ts';
import { linesOf, raceProgram, UNREAD, type Race } from './race.ts';

const IP = ['4', '6', '-mapped'];
const ROWS = [
  ...IP.map((family) => `connect${family}`),
  'connect4-family',
  'connect6-family',
  ...['bind4', 'bind6'],
  ...['sendto', 'sendmsg', 'sendmmsg'].flatMap((call) => IP.map((family) => `${call}${family}`)),
  ...['fast-open', 'deferred', 'protocol', 'listen', 'accept'],
  ...[
    'bind-abstract',
    'connect-unix',
    'connect-abstract',
    'sendto-unix',
    'sendmsg-unix',
    'sendmmsg-unix',
    'sendto-abstract',
  ],
];
/** Each row has ports of its own: those of rows that ran before may still be held. */
const FIRST_PORT = 20_000 + (process.pid % 5_000);

const port = (row: string): number => FIRST_PORT + 2 * ROWS.indexOf(row);
const ports = (rows: readonly string[]): string => rows.map(port).join(', ');
const rowsOf = (call: string): readonly string[] => ROWS.filter((row) => row.startsWith(call));

const RULES = `
- {name: connect, on: net.connect, when: 'net.remote_port in (${ports([...rowsOf('connect'), 'fast-open', 'deferred'])})', action: deny}
- {name: protocol, on: net.connect, when: 'net.remote_port = ${port('protocol')} and net.protocol = "tcp"', action: deny}
- {name: bind, on: net.bind, when: 'net.local_port in (${ports(rowsOf('bind'))})', action: deny}
- {name: send, on: net.send, when: 'net.remote_port in (${ports(rowsOf('send'))})', action: deny}
- {name: listen, on: net.listen, when: 'net.local_port = ${port('listen')}', action: deny}
- {name: accept, on: net.accept, when: 'net.local_port = ${port('accept')}', action: deny}
- {name: abstract, on: net.bind, when: 'net.path = "@taboo"', action: deny}
- {name: unix, on: [net.connect, net.send], when: 'net.path endswith "denied"', action: deny}`;

export const raceSockets: Race = async (tries) => {
  let lines: readonly string[] = [];
  await inFolder(async (folder) => {
    const program = raceProgram(folder, 'sockets');
    const script = ROWS.map(
      (row) => `rm -f denied agreed; echo ${row} $(${program} ${row} ${tries} ${port(row)} 2>&1)`,
    );
    const command = ['sh', '-c', script.join('\n')];
    const { stdout, error } = await runUnder(folder, policy(RULES), command, { sink: UNREAD });
    assert.is(error, null);
    const results = linesOf(stdout).map((line) => line.split(' '));
    assert.equal(
      results.map(([row, denied]) => [row, denied]),
      ROWS.map((row) => [row, '0']),
    );
    for (const [row, , allowed] of results)
      if (!row.endsWith('family')) assert.ok(Number(allowed) > 0, `${row} never reached what is allowed`);
    lines = results.map(([row, denied, allowed]) => `${row}: ${tries} tries, ${allowed} allowed, ${denied} reached`);
  });
  return lines;
};
