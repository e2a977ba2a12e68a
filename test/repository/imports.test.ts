/** Dependencies point one way (docs: README, "The map"). */
import { dirname, join, normalize } from 'node:path';
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

test('what a command needs is loaded when it is called', () => {
  const eager = imports('cli/main.ts').filter((name) => /\/(commands|shim|vm|compiler\/(?!diagnostics\/))/.test(name));
  assert.equal(eager, []);
});

test.run();
