/** Dependencies point one way (docs: README, "The map"). */
import { basename, dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code, imports, read } from './files.ts';

/** Part → what it may import beside itself. The narrowest part that holds a file counts. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'vm/spec': [],
  vm: ['vm'],
  'vm/assembly': ['vm/assembly'],
  'vm/component': ['vm/assembly'],
  compiler: ['vm/spec', 'vm/bundle'],
  shim: ['vm'],
  cli: ['vm', 'compiler', 'shim'],
  policies: [],
  tools: ['vm', 'compiler', 'shim', 'cli', 'test', 'bench'],
  test: ['vm', 'compiler', 'shim', 'cli', 'bench', 'tools'],
  bench: ['vm', 'compiler', 'shim', 'cli', 'test'],
};
const PARTS = Object.keys(ALLOWED).sort((a, b) => b.length - a.length);

const within = (path: string, part: string): boolean => path === part || path.startsWith(`${part}/`);

for (const part of PARTS) {
  test(`${part} imports only what it may`, () => {
    const wrong = code
      .filter((path) => PARTS.find((candidate) => within(path, candidate)) === part)
      .flatMap((path) =>
        imports(path)
          .filter((name) => name.startsWith('.'))
          .map((name) => normalize(join(dirname(path), name)))
          .filter((target) => ![part, ...ALLOWED[part]].some((allowed) => within(target, allowed)))
          .map((target) => `${path} imports ${target}`),
      );
    assert.equal(wrong, []);
  });
}

test('the compiler knows no file system, process or clock', () => {
  const modules = /^node:(fs|child_process|process|os|worker_threads|timers|http|https|tls|perf_hooks)\b/;
  const globals = /\b(process\.(env|argv|exit|std)|Date\.now|new Date\(\)|performance\.now|setTimeout)\b/;
  const wrong = code
    .filter((path) => within(path, 'compiler'))
    .filter((path) => imports(path).some((name) => modules.test(name)) || globals.test(read(path)));
  assert.equal(wrong, []);
});

/** Of these folders all but the named files also run in a page: what they import, they import from one another. */
const NEUTRAL: Readonly<Record<string, readonly string[]>> = {
  'vm/spec': [],
  'vm/event': [],
  'vm/bundle': ['container.ts', 'index.ts'],
  'vm/host': ['assets.ts', 'local.ts', 'index.ts'],
  'vm/hosts/javascript': ['bench.ts'],
};

test('what runs in a page knows nothing of Node', () => {
  const paths = code.filter((path) =>
    Object.entries(NEUTRAL).some(([folder, but]) => dirname(path) === folder && !but.includes(basename(path))),
  );
  assert.ok(paths.length > 20);
  const wrong = paths.flatMap((path) => [
    ...imports(path)
      .filter((name) => name.startsWith('.') && !paths.includes(normalize(join(dirname(path), name))))
      .filter((name) => !name.includes('/generated/'))
      .concat(imports(path).filter((name) => name.startsWith('node:')))
      .map((name) => `${path} imports ${name}`),
    ...(/\b(Buffer\.|process\.\w|require\()/.exec(read(path)) ?? []).map((name) => `${path} uses ${name}`),
  ]);
  assert.equal(wrong, []);
});

test('what a command needs is loaded when it is called', () => {
  const eager = imports('cli/main.ts').filter((name) => /\/(commands|shim|vm|compiler\/(?!diagnostics\/))/.test(name));
  assert.equal(eager, []);
});

test.run();
