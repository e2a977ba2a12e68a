/** Dependencies are exact, used, and load on this Node. */
import { builtinModules } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { code, imports, read } from './files.ts';

const { dependencies, devDependencies, engines } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  engines: { node: string };
};
const all = { ...dependencies, ...devDependencies };

/** Another way in, or null: a package of types, and programs that `npm run check` runs. */
const ENTRY: Readonly<Record<string, string | null>> = {
  '@types/node': null,
  assemblyscript: 'assemblyscript/asc',
  eslint: null,
  knip: null,
  'typescript-eslint': null,
};

test('versions are exact', () => {
  assert.equal(
    Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
    [],
  );
});

test('the Node version that is promised is stated', () => {
  assert.is(engines.node, '>=20.19');
});

for (const name of Object.keys(all).filter((dependency) => ENTRY[dependency] !== null)) {
  test(`${name} can be imported`, async () => {
    assert.type(await import(ENTRY[name] ?? name), 'object');
  });
}

test('no module is imported that package.json does not list', () => {
  const known = new Set([...Object.keys(all), ...builtinModules]);
  const packageName = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');
  const wrong = code.flatMap((path) =>
    imports(path)
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !known.has(packageName(name)))
      .map((name) => `${path} imports ${name}`),
  );
  assert.equal(wrong, []);
});

test.run();
