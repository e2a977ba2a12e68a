/** Directories that enclose a text: the deepest one by its hash, those around it by its links. */
import { componentLength, componentPointer, findComponent, findSlashes, slashAt } from './components';
import { count, countBytes } from './counting';
import { NOT_FOUND, find } from './dictionary';
import * as S from './generated/spec';
import { hash, hashBelow } from './text';

/** Of the directories of the text at hand, u64 each. */
const hashes: usize = memory.data(S.DIRECTORIES_MAX_LEVELS * 8, 8);

/**
 * @param out where the classes go, the deepest first
 * @returns how many there are
 */
export function directories(program: usize, table: u32, p: usize, n: u32, out: usize): u32 {
  const at = program + table;
  const dict = load<u32>(at);
  let levels = load<u32>(at, S.DIRECTORIES_LEVELS);
  const slashes = findSlashes(p, min(n, load<u32>(at, S.DIRECTORIES_LONGEST)), 32 - clz(levels));
  if (slashes < 32) levels &= ((<u32>1) << slashes) - 1;
  if (!levels) return 0;
  hashAll(32 - clz(levels), load<u32>(program + dict, S.DICT_SEED));
  while (levels) {
    const level = 31 - clz(levels);
    const found = find(program, dict, p, slashAt(level), hashes + level * 8);
    if (found != NOT_FOUND) return chain(at + S.DIRECTORIES_FIRST, found, out);
    levels &= ~((<u32>1) << level);
  }
  return 0;
}

/** Hashes the directories of the text, from the outermost one. */
function hashAll(directories: u32, seed: u32): void {
  let hashed: u64 = 0;
  for (let i: u32 = 0; i < directories; i++) {
    findComponent(i);
    countBytes(componentLength);
    hashed = hashBelow(hashed, hash(componentPointer, componentLength, seed));
    store<u64>(hashes + i * 8, hashed);
  }
}

/** The directory of that number, and those around it. */
function chain(rows: usize, directory: u32, out: usize): u32 {
  let found: u32 = 0;
  let number: u32 = directory + 1;
  do {
    count(1);
    const row = rows + (number - 1) * S.DIRECTORY_SIZE;
    store<u32>(out + found++ * 4, load<u32>(row));
    number = load<u32>(row, S.DIRECTORY_PARENT) & S.DIRECTORY_PARENT_MASK;
  } while (number);
  return found;
}
