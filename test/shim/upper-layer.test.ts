/** Programs of the writable layer of an overlay: found out before they run, and as the kernel has it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mountOf, upperDirectory } from '../../shim/workloads/upper-layer.ts';
import { watching } from '../sensors/watched.ts';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder, summary } from './workload.ts';

test('a mount is found by its id, its paths unescaped', () => {
  const info = [
    '21 1 0:20 / / rw - ext4 /dev/sda1 rw',
    '36 21 0:33 /sub\\040dir /a\\040b rw,relatime shared:7 - overlay overlay rw,lowerdir=/l,upperdir=/u\\040p\\,x,workdir=/w',
  ].join('\n');
  const found = mountOf(info, '36');
  assert.equal([found?.root, found?.point, found?.type], ['/sub dir', '/a b', 'overlay']);
  assert.is(upperDirectory(found!.options), '/u p,x');
  assert.is(upperDirectory('ro,lowerdir=/a:/b'), null);
  assert.is(mountOf(info, '3'), null);
});

/** An overlay with one program of the image and one that came later; it is gone when `use` is done. */
const inOverlay = async (folder: string, use: (merged: string) => void | Promise<void>): Promise<void> => {
  // An overlay can stand on most file systems but on another overlay.
  const base = join(folder, 'base');
  mkdirSync(base);
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
