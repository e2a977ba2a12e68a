/** Rules that every file of the project keeps. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code, files, read, root, texts } from './files.ts';

const MAX_LINES = 500;

test(`no file of code is longer than ${MAX_LINES} lines`, () => {
  const long = [...code, ...files.filter((path) => /\.[ch]$/.test(path) && !path.includes('/generated/'))]
    .map((path) => [path, read(path).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > MAX_LINES);
  assert.equal(long, []);
});

test('no text names a place of one machine', () => {
  // Spelt in parts, so that this file keeps its own rule.
  const places = ['/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/[a-z]+/(?!app)'].map(
    (place) => new RegExp(`["'\`\\s(]${place}`),
  );
  const wrong = texts
    .filter((path) => !path.startsWith('policies/') && !path.startsWith('test/'))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) => places.some((place) => place.test(line)))
        .map((line) => `${path}: ${line.trim()}`),
    );
  assert.equal(wrong, []);
});

/** Kinds of files beside those that are texts by their name; what a tool leaves in a checkout is none of them. */
const OTHERS =
  /(^|\/)\.[a-z]+(rc|ignore)$|\.(filters|html|css|trace|mod|sum|go|java|py|pom|xml|svg|ndjson|dot|sh|lictor-trace|lictor|steps|tsv|toml|lock|rs|wit|sha256)$|\/(py\.typed|makefile|run)$/;

test('every file is of a kind that the project has', () => {
  assert.equal(
    files.filter((path) => !texts.includes(path) && !OTHERS.test(path.toLowerCase())),
    [],
  );
});

test('package-lock names no registry', () => {
  assert.not.match(read('package-lock.json'), /"resolved": "https?:/);
});

/** Whether the folder's README, or one above it that names the folder, says what it is for. */
const isTold = (folder: string): boolean => {
  if (existsSync(join(root, folder, 'README.md'))) return true;
  for (let above = dirname(folder); above !== '.'; above = dirname(above)) {
    const readme = join(above, 'README.md');
    if (existsSync(join(root, readme)) && read(readme).includes(relative(above, folder))) return true;
  }
  return false;
};

test('every folder of code says what it is for', () => {
  const folders = new Set(code.map((path) => dirname(path)).filter((folder) => folder !== '.'));
  assert.equal([...folders].filter((folder) => !isTold(folder)).sort(), []);
});

test('links between documents lead somewhere', () => {
  const broken = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1])
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path} links to ${target}`),
    );
  assert.equal(broken, []);
});

test('nothing is left to do, and no test is skipped or singled out', () => {
  const open = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].map((word) => `\\b${word}\\b`).join('|'));
  const singled = /\b(test|it|suite)\.(skip|only)\(/;
  const wrong = code
    .filter((path) => path !== 'test/support/skip.ts')
    .flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) => open.test(line) || (path.startsWith('test/') && singled.test(line)))
        .map((line) => `${path}: ${line.trim()}`),
    );
  assert.equal(wrong, []);
});

test.run();
