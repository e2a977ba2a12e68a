/** What keeping decisions stands on: mounts, threads in the middle of a rename, directories that were judged. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Judged } from '../../../shim/enforcers/cache/judged.ts';
import { Mounts } from '../../../shim/enforcers/cache/mounts.ts';
import { Renaming } from '../../../shim/enforcers/cache/renaming.ts';
import { FakeKernel } from '../fake-kernel.ts';

const MOUNTS = new Mounts(
  [
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '40 27 254:0 /var/lib/shared/data /srv/data rw - ext4 /dev/vda rw',
    '41 27 254:0 /etc/real\\040hosts /etc/hosts rw - ext4 /dev/vda rw',
    '28 27 0:25 / /mnt/a\\040b ro shared:7 - tmpfs tmpfs ro',
    '29 27 0:30 / /net rw - nfs4 server:/ rw',
    '30 27 0:40 /@home /home rw - btrfs /dev/vdb rw',
    '31 27 0:40 /@ /old rw - btrfs /dev/vdb rw',
    'nonsense',
  ].join('\n'),
);

for (const [what, mount, path, device] of [
  ['a directory of the only mount that shows it', 27, '/usr/lib', '254:0'],
  ['the root', 27, '/', '254:0'],
  ['what another mount shows too', 27, '/var/lib/shared/data/x', null],
  ['by that mount', 40, '/srv/data/x', null],
  ['around what another mount shows', 27, '/var/lib', '254:0'],
  ['directly around it', 27, '/var/lib/shared', null],
  ['directly around a file that is mounted elsewhere', 27, '/etc', null],
  ['the root of a mount whose path has a blank', 28, '/mnt/a b', '0:25'],
  ['below it', 28, '/mnt/a b/c', '0:25'],
  ['a file system of another machine', 29, '/net/x', null],
  ['mounts of one device that show different directories', 30, '/home/u', '0:40'],
  ['a path that is not in the mount', 28, '/usr', null],
  ['a mount that is not known', 99, '/usr', null],
] as const) {
  test(`one path only: ${what}`, () => assert.is(MOUNTS.soleDevice(mount, path), device));
}

test('a rename is over when its thread waits elsewhere or is gone, not while it runs', () => {
  const kernel = new FakeKernel();
  const renaming = new Renaming(kernel);
  const says = (text: string): boolean => {
    kernel.proc.set('7/syscall', text);
    return renaming.any;
  };
  assert.is(renaming.any, false);
  renaming.begins(7);
  assert.is(says('316 0xffffff9c 0x1 0x2\n'), true);
  assert.is(says('running\n'), true);
  assert.is(says('82 0x1 0x2\n'), true);
  assert.is(says('257 0xffffff9c 0x1 0x2\n'), false);
  renaming.begins(7);
  assert.is(says('-1 0x7ffd 0x7f00\n'), false);
  renaming.begins(8);
  kernel.proc.delete('8/syscall');
  assert.is(renaming.any, false);
});

test('a directory is noted until all are forgotten, or another one takes its place', () => {
  const judged = new Judged();
  const note = (path: string): boolean => judged.note(Buffer.from(path), path.length);
  assert.equal([note('/a'), note('/b'), note('/a'), note('/b'), note('/')], [false, false, true, true, false]);
  judged.clear();
  assert.equal([note('/a'), note('/')], [false, false]);
  // far more than there is room for: each is noted, none is taken for another
  let taken = 0;
  for (let i = 0; i < 100_000; i++) if (note(`/directory/${i}`)) taken++;
  assert.is(taken, 0);
  assert.is(note('/directory/99999'), true);
});

test.run();
