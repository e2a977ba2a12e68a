/** A thread exchanges the text of a path, or a process a symlink that it leads through. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compileC } from '../compile.ts';
import { inFolder, policy, runUnder } from '../workload.ts';
import { linesOf, raceProgram, type Race } from './race.ts';

/** Of paths.c, each by text and by symlink. */
const ROWS = 22;

/** What the paths lead to: the denied program ends with a code that the racer knows it by. */
const SIDES = [
  { name: 'aa', kept: 'plain', code: 0 },
  { name: 'dd', kept: 'secret', code: 42 },
] as const;

/** Everything about a folder that a call could change. */
const state = (folder: string): unknown =>
  readdirSync(folder)
    .sort()
    .map((name) => {
      const { mode, uid, gid, size, nlink, ino, mtimeMs } = lstatSync(join(folder, name));
      return [
        name,
        mode,
        uid,
        gid,
        size,
        nlink,
        ino,
        mtimeMs,
        name === 'kept' ? readFileSync(join(folder, name), 'utf8') : '',
      ];
    });

export const racePaths: Race = async (tries) => {
  let lines: readonly string[] = [];
  await inFolder(async (folder) => {
    chmodSync(folder, 0o755);
    const source = join(folder, 'tool.c');
    writeFileSync(source, 'int main(void) { return CODE; }\n');
    const [allowed, denied] = SIDES.map(({ name, kept, code }) => {
      const side = join(folder, name);
      mkdirSync(side);
      chmodSync(side, 0o777);
      writeFileSync(join(side, 'kept'), kept);
      // without a loader: most of a try would be its
      compileC(source, join(side, 'tool'), '-static', `-DCODE=${code}`);
      return side;
    });
    const before = state(denied);
    const rules = `
- {name: denied, on: file, when: 'file.path within "${denied}" or file.other_path within "${denied}"', action: deny, errno: EACCES}
- {name: program, on: exec, when: 'proc.path within "${denied}"', action: deny}`;
    let records = 0;
    const sink = { write: (): void => void records++, close: async (): Promise<void> => {} };
    const command = [raceProgram(folder, 'paths'), String(tries), allowed, denied];
    const { stdout, stderr, error } = await runUnder(folder, policy(rules), command, { sink });
    assert.is(error, null);
    assert.is(stderr, '');
    lines = linesOf(stdout);
    assert.is(lines.length, 2 * ROWS);
    for (const line of lines) assert.match(line, / 0 reached$/);
    assert.ok(records > 0, 'some tries were denied');
    assert.equal(state(denied), before);
  });
  return lines;
};
