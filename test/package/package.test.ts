/** The packed tarball in an empty project. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lictor-package-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules/lictor');
test.after(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, command: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Runs a program that has to succeed. */
function output(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(cwd, command, ...args);
  assert.is(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const write = (name: string, ...lines: readonly string[]): void =>
  writeFileSync(join(project, name), `${lines.join('\n')}\n`);

// prepack builds what is packed, and has been run by who runs this.
const [{ filename, files }] = Object.values(
  JSON.parse(output(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)) as Readonly<
    Record<string, { readonly filename: string; readonly files: readonly { readonly path: string }[] }>
  >,
);
mkdirSync(project);
write('package.json', '{"name": "empty", "private": true, "type": "module"}');
output(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename));

write(
  'policy.yaml',
  'apiVersion: lictor.dev/v1',
  'kind: Policy',
  'metadata: {name: p}',
  'spec:',
  '  mode: enforce',
  '  rules:',
);
const policy = readFileSync(join(project, 'policy.yaml'), 'utf8').trimEnd();
write('policy.yaml', policy, `    - {name: shadow, on: file.read, when: 'file.path = "/etc/shadow"', action: deny}`);
output(project, join(project, 'node_modules/.bin/lictor'), 'build', 'policy.yaml', '-o', 'p.lictor');

/** What may be packed. */
const KINDS: readonly RegExp[] = [
  /^(LICENSE|README\.md|package\.json)$/,
  /^policies\/([a-z]+\/)?([a-z-]+(\.test)?\.yaml|README\.md)$/,
  /^dist\/(lictor|[a-z]+-worker|vm|events)\.js$/,
  /^dist\/(vm|events)\.d\.ts$/,
  /^dist\/lictor-(vm|vm-counting|policy)\.wasm$/,
  /^dist\/chunks\/[\w-]+\.js$/,
  /^dist\/bpf\/[a-z]+\.bpf\.o$/,
  /^dist\/(lictor-launch|lictor-guard\.so)$/,
  /^dist\/component\/(lictor-policy\.(js|d\.ts|core\.wasm)|interfaces\/[\w-]+\.d\.ts)$/,
];

test('nothing is packed that nobody asked for, and nothing is missing', () => {
  const paths = files.map(({ path }) => path);
  assert.equal(
    paths.filter((path) => !KINDS.some((kind) => kind.test(path))),
    [],
  );
  assert.equal(
    KINDS.filter((kind) => !paths.some((path) => kind.test(path))),
    [],
  );
});

test('types refer to nothing but themselves', () => {
  for (const name of ['vm', 'events']) {
    const types = readFileSync(join(installed, `dist/${name}.d.ts`), 'utf8');
    assert.not.match(types, /\bfrom '|\bimport\(|\/\/\/ <reference|\brequire\(/);
  }
});

const USE = [
  "import { Action, Bundle, Engine, Field, Host, Kind, Records } from 'lictor/vm';",
  "import { encodeRecord, parseEventLine, verdictRecord } from 'lictor/events';",
];

test('the host decides from JavaScript, and says so in words', () => {
  write(
    'use.js',
    "import { readFile } from 'node:fs/promises';",
    ...USE,
    "const engine = await Engine.compile(await readFile(new URL(import.meta.resolve('lictor/vm/lictor-vm.wasm'))));",
    "const host = await Host.create(engine, await Bundle.read(await readFile('p.lictor')));",
    'const records = new Records();',
    "for (const path of ['/etc/shadow', '/etc/hostname']) records.begin(Kind.fileRead, 1).string(Field.filePath, path).end();",
    'host.evaluate(records.bytes, (vm, i) => console.log(vm.action(i) === Action.deny, host.bundle.ruleName(vm.rule(i))));',
    `const { event } = parseEventLine('{"kind":"file.read","file":{"path":"/etc/shadow"}}');`,
    'host.evaluate(encodeRecord(event), (vm, i) => console.log(verdictRecord(host.bundle.manifest, vm.decision(i), event).rule));',
  );
  assert.is(output(project, process.execPath, 'use.js'), 'true p/shadow\nfalse undefined\nshadow\n');
});

test('a module that was tampered with is refused', () => {
  write(
    'tampered.js',
    "import { readFile } from 'node:fs/promises';",
    "import { Engine } from 'lictor/vm';",
    "const bytes = await readFile(new URL(import.meta.resolve('lictor/vm/lictor-vm.wasm')));",
    'bytes[bytes.length - 1] ^= 1;',
    'console.log(await Engine.compile(bytes).catch(({ code, message }) => `${code}: ${message}`));',
  );
  assert.is(
    output(project, process.execPath, 'tampered.js'),
    'module: lictor-vm.wasm is not the module that this package was made for\n',
  );
});

test('the component is an entry of its own', () => {
  write(
    'component.js',
    "import { readFileSync } from 'node:fs';",
    "import { instantiate } from 'lictor/component';",
    'const core = (path) => new WebAssembly.Module(readFileSync(new URL(import.meta.resolve(`lictor/component/${path}`))));',
    'console.log(Object.keys(instantiate(core, {}).engine).includes("evaluate"));',
    "console.log(readFileSync(new URL(import.meta.resolve('lictor/component/lictor-policy.wasm'))).length > 30000);",
  );
  assert.is(output(project, process.execPath, 'component.js'), 'true\ntrue\n');
});

test('what is not an entry cannot be imported, and the version can', () => {
  write(
    'other.js',
    "import version from 'lictor/package.json' with { type: 'json' };",
    "const code = await import('lictor/dist/vm.js').catch((error) => error.code);",
    'console.log(version.version, code);',
  );
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  assert.match(
    output(project, process.execPath, '--no-warnings', 'other.js'),
    `${version} ERR_PACKAGE_PATH_NOT_EXPORTED`,
  );
});

/** Checks `use.ts` with the types of the installed package. */
const typeCheck = (options: readonly string[]): Ran =>
  run(project, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), ...options, 'use.ts');

const RESOLVING = [
  ['--module', 'node16', '--moduleResolution', 'node16'],
  ['--module', 'esnext', '--moduleResolution', 'bundler'],
];
const LIBRARIES = ['ES2022', 'ES2022,DOM'];
const STRICT = ['--noEmit', '--strict', '--target', 'es2022'];

test('TypeScript knows the entries, with and without the types of the DOM, and what does not fit', () => {
  const decide = [
    ...USE,
    'export async function decide(module: Uint8Array, file: ArrayBuffer, line: string): Promise<readonly string[]> {',
    '  const host = await Host.create(await Engine.compile(module), await Bundle.read(file));',
    '  const names: string[] = [];',
    '  const records = new Records().begin(Kind.exec, 2).string(Field.procPath, "/bin/sh").list(Field.procArgs, ["sh"]).end();',
    '  host.evaluate(records.bytes, (vm, i) => {',
    '    if (vm.action(i) === Action.kill) names.push(host.bundle.ruleName(vm.rule(i)) ?? "");',
    '  });',
    '  const parsed = parseEventLine(line);',
    '  if ("error" in parsed) return [parsed.error];',
    '  host.evaluate(encodeRecord(parsed.event), (vm, i) => {',
    '    names.push(verdictRecord(host.bundle.manifest, vm.decision(i), parsed.event).effect);',
    '  });',
    '  return names;',
    '}',
  ];
  for (const library of LIBRARIES) {
    for (const resolving of RESOLVING) {
      write('use.ts', ...decide);
      const { status, stdout } = typeCheck([...STRICT, '--lib', library, ...resolving]);
      assert.is(status, 0, stdout);
    }
  }
  write('use.ts', ...USE, 'new Records().begin(Kind.exec).string(Field.procPid, "1");');
  assert.match(typeCheck([...STRICT, '--lib', LIBRARIES[0], ...RESOLVING[0]]).stdout, /TS2345/);
});

test('the command decides', () => {
  write('events.ndjson', '{"kind":"file.read","file":{"path":"/etc/shadow"}}');
  const { status, stdout } = run(
    project,
    join(project, 'node_modules/.bin/lictor'),
    ...['eval', '-b', 'p.lictor', '--events', 'events.ndjson', '--format', 'json'],
  );
  assert.is(status, 2);
  assert.is((JSON.parse(stdout) as { rule: string }).rule, 'shadow');
});

test.run();
