/** What explains a mutant that nothing can notice names one that can still be made: code moves on, and an old reason hides a new gap. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mutantsOf, nameOf } from '../../tools/mutate/mutators.ts';
import { read, root } from './files.ts';

const explained = read('test/mutation/survivors.md')
  .split('\n')
  .filter((line) => line.startsWith('- '))
  .map((line) => line.slice(2, line.indexOf(' — ')));

const mutantsIn = new Map<string, Set<string>>();
const namesOf = (path: string): Set<string> => {
  const names =
    mutantsIn.get(path) ??
    new Set(existsSync(join(root, path)) ? mutantsOf(path, read(path)).map((mutant) => nameOf(mutant)) : []);
  mutantsIn.set(path, names);
  return names;
};

test('every explained mutant can be made', () => {
  assert.ok(explained.length > 20);
  assert.equal(
    explained.filter((name) => !namesOf(name.slice(0, name.indexOf(','))).has(name)),
    [],
  );
});

test.run();
