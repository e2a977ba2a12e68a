/** Programs of the writable layer of an overlay: found out before they run, and as the kernel has it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watching } from '../sensors/watched.ts';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder, summary } from './workload.ts';

/** An overlay with one program of the image and one that came later; it is gone when `use` is done. */
const inOverlay = async (folder: string, use: (merged: string) => void | Promise<void>): Promise<void> => {
  // An overlay can stand on most file systems but on another overlay.
  const base = join(folder, 'base');
  mkdirSync(base, { recursive: true });
  const mount = (...args: string[]): void => {
    const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
    assert.is(status, 0, stderr);
  };
  mount('-t', 'tmpfs', 'tmpfs', base);
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(base, name));
    const merged = join(base, 'merged');
    for (const name of ['shipped', 'changed']) copyFileSync('/bin/true', join(base, 'lower', name));
    const layers = ['lower', 'upper', 'work'].map((name) => `${name}dir=${join(base, name)}`);
    mount('-t', 'overlay', 'overlay', '-o', layers.join(','), merged);
    try {
      copyFileSync('/bin/true', join(merged, 'dropped'));
      writeFileSync(join(merged, 'changed'), '\n', { flag: 'a' });
      for (const name of ['shipped', 'changed', 'dropped'])
        chmodSync(join(base, name === 'shipped' ? 'lower' : 'upper', name), 0o755);
      await use(merged);
    } finally {
      spawnSync('umount', [merged]);
    }
  } finally {
    spawnSync('umount', [base]);
  }
};

kernelTest('a program that was not in the image is denied, one that was is not', GUARD, () =>
  inFolder((folder) =>
    inOverlay(folder, async (merged) => {
      const rules = `- {name: drift, on: exec, when: 'proc.upper_layer', action: deny}`;
      const script = ['shipped', 'changed', 'dropped']
        .map((name) => `${merged}/${name} && echo ${name}; true`)
        .join('\n');
      const { stdout, all } = await runUnder(folder, policy(rules), ['sh', '-c', script]);
      assert.is(stdout, 'shipped\n');
      assert.equal(
        summary(all),
        ['changed', 'dropped'].map((name) => `deny drift ${merged}/${name}`),
      );
    }),
  ),
);

/** By what is done to a file: code for Python, and the names of those for which the question says the writable layer. */
const USES: readonly (readonly [kind: string, code: string, upper: string])[] = [
  ['file.read', 'os.open(at+name,os.O_RDONLY)', 'changed dropped'],
  ['file.write', 'os.truncate(at+name,9)', 'changed dropped'],
  ['file.write', 'os.open(at+name,os.O_WRONLY)', 'changed dropped'],
  ['file.attr', 'os.chmod(at+name,0o755)', 'changed dropped'],
  ['file.attr', 'os.fchmod(os.open(at+name,os.O_RDONLY),0o755)', 'changed dropped'],
  ['file.link', 'os.link(at+name,at+name+"2")', 'changed dropped'],
  ['file.rename', 'os.rename(at+name,at+name+"3")', 'changed dropped'],
  ['file.delete', 'os.unlink(at+name)', 'changed dropped'],
  // what is made is made there, and nowhere else than on an overlay
  ['file.create', 'os.open(at+name+"4",os.O_CREAT|os.O_WRONLY)', 'shipped changed dropped'],
  ['file.create', 'os.open(at,os.O_TMPFILE|os.O_WRONLY)', 'shipped changed dropped'],
  ['file.create', 'os.mkdir(at+"d"+name)', 'shipped changed dropped'],
  ['file.create', 'os.mkdir(name)', ''],
];

kernelTest(
  'each operation tells a file of the writable layer, and one that it makes, from those of the image',
  GUARD,
  () =>
    inFolder(async (folder) => {
      for (const [kind, code, expected] of USES)
        await inOverlay(folder, async (merged) => {
          const rules = `- {name: drift, on: ${kind}, when: 'file.upper_layer', action: deny}`;
          const script = `
import os
at = "${merged}/"
for name in ["shipped","changed","dropped"]:
    try: ${code}
    except OSError: print(name)`;
          const { stdout, stderr } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', script]);
          assert.is(stderr, '');
          assert.is(stdout.trim().split('\n').join(' '), expected, `${kind}: ${code}`);
        });
    }),
);

kernelTest('the sensor says the same', ['root', 'bpf', 'cgroup'], () =>
  inFolder((folder) =>
    inOverlay(folder, (merged) => {
      watching({ kinds: ['exec'] }, (watched) => {
        for (const name of ['shipped', 'changed', 'dropped']) watched.run(join(merged, name), []);
        const records = watched.records().map(({ values }) => [values['proc.path'], values['proc.upper_layer']]);
        assert.equal(records, [
          [`${merged}/shipped`, false],
          [`${merged}/changed`, true],
          [`${merged}/dropped`, true],
        ]);
      });
    }),
  ),
);

kernelTest('a library that was not in the image is recorded as such when it is mapped', ['root', 'bpf', 'cgroup'], () =>
  inFolder((folder) =>
    inOverlay(folder, (merged) => {
      watching({ kinds: ['file.map_exec', 'file.read'] }, (watched) => {
        watched.python(
          `import mmap,os\nfor name in ["shipped","changed","dropped"]: mmap.mmap(os.open("${merged}/"+name,os.O_RDONLY),4096,mmap.MAP_PRIVATE,mmap.PROT_READ|mmap.PROT_EXEC)`,
        );
        const seen = watched
          .records()
          .filter(({ values }) => String(values['file.path']).startsWith(merged))
          .map(({ kind, values }) => [kind, values['file.path'], values['file.upper_layer']]);
        assert.equal(
          seen,
          [
            ['shipped', false],
            ['changed', true],
            ['dropped', true],
          ].flatMap(([name, upper]) =>
            ['file.read', 'file.map_exec'].map((kind) => [kind, `${merged}/${name}`, upper]),
          ),
        );
      });
    }),
  ),
);

test.run();
