/** Which questions each performed call asks, and with which fields. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

interface FileFields {
  readonly path: string;
  readonly side?: string;
  readonly other_path?: string;
  readonly mode?: number;
  readonly type?: readonly string[];
  readonly link_target?: string;
  readonly owner_uid?: number;
  readonly attribute?: string;
  readonly new_mode?: number;
  readonly new_owner_uid?: number;
}

/** Each line of the script with what is noted for it: the rules of all its questions in order, and the first one's fields. */
const CALLS: readonly (readonly [code: string, record?: string])[] = [
  ['os.close(os.open("a", os.O_CREAT|os.O_RDWR, 0o666))', 'read write create: a 644'],
  ['os.close(os.open("b", os.O_CREAT|os.O_WRONLY|os.O_EXCL, 0o600))', 'write create: b 600'],
  ['os.mkdir("d", 0o777)', 'create: d 755 asks 777'],
  ['os.symlink("a", "s")', 'create: s 777 -> a'],
  ['os.mkfifo("p", 0o620)', 'create: p 600 asks 620'],
  ['os.link("a", "h")', 'source target: a 644 source h'],
  ['os.rename("b", "c")', 'source target: b 600 source c'],
  ['os.rename("c", "h")', 'source target delete: c 600 source h'],
  ['libc.renameat2(-100, b"a", -100, b"h", 2)', 'source target: a 644 source h'],
  ['os.truncate("a", 3)', 'write: a 600'],
  ['os.chmod("a", 0o4640)', 'attr: a 600 mode asks 4640'],
  ['os.fchmod(os.open("a", os.O_RDONLY), 0o2640)', 'attr: a 4640 mode asks 2640'],
  ['libc.syscall(452, -100, b"a", 0o640, 0)', 'attr: a 2640 mode asks 640'],
  ['os.chown("a", 1, 1)', 'attr: a 640 owner to 1'],
  ['os.chown("a", -1, 1)', 'attr: a 640 owner'],
  ['os.fchown(os.open("a", os.O_RDONLY), 0, 0)', 'attr: a 640 owner to 0'],
  ['os.utime("a")', 'attr: a 640 times'],
  ['os.setxattr("a", "user.x", b"1")', 'attr: a 640 xattr'],
  ['os.removexattr("a", "user.x")', 'attr: a 640 xattr'],
  ['fcntl.ioctl(os.open("a", os.O_RDONLY), 0x40086602, struct.pack("q", 0x40))', 'attr: a 640 flags'],
  ['os.rmdir("d")', 'delete: d 755'],
  ['os.unlink("s")', 'delete: s 777'],
  ['os.close(os.open(".", os.O_TMPFILE|os.O_WRONLY, 0o600))', 'write create: #tmpfile 600'],
  ['socket.socket(socket.AF_UNIX).bind("u")', 'create: u 755'],
  // they fail for what is there: nothing is asked
  ['fails(lambda: os.mkdir("a"))'],
  ['fails(lambda: os.unlink("missing"))'],
  ['fails(lambda: os.rename("missing", "x"))'],
];

/** One rule for each kind of question, and for each side. */
const NOTES = [
  ['read', 'file.read', ''],
  ['write', 'file.write', ''],
  ['create', 'file.create', ''],
  ['delete', 'file.delete', ''],
  ['attr', 'file.attr', ''],
  ['source', 'file.rename, file.link', ' and file.side = "source"'],
  ['target', 'file.rename, file.link', ' and file.side = "target"'],
] as const;

kernelTest('each performed call asks the questions of the specification, in its order', GUARD, () =>
  inFolder(async (folder) => {
    const code = `
import ctypes, fcntl, os, socket, struct
libc = ctypes.CDLL(None)
os.umask(0o022)
def fails(use):
    try: use()
    except OSError: pass
${CALLS.map(([line]) => line).join('\n')}
`;
    const rules = NOTES.map(
      ([name, on, and]) =>
        `- {name: ${name}, on: [${on}], when: 'file.dir = "${folder}"${and}', action: audit, continue: true}`,
    );
    const { all, stderr } = await runUnder(folder, policy(rules.join('\n')), ['/usr/bin/python3', '-c', code]);
    assert.is(stderr, '');
    const short = (path: string): string => path.slice(folder.length + 1);
    const seen = all
      .filter(({ mechanism }) => mechanism === 'seccomp')
      .map(({ event, matches }) => {
        const { file } = event as { file: FileFields };
        const side = file.side ? ` ${file.side} ${short(file.other_path!)}` : '';
        const mode = file.new_mode === undefined ? '' : ` asks ${file.new_mode.toString(8)}`;
        const owner = file.new_owner_uid === undefined ? '' : ` to ${file.new_owner_uid}`;
        const asked = `${file.attribute ? ` ${file.attribute}` : ''}${mode}${owner}`;
        const link = file.link_target ? ` -> ${file.link_target}` : '';
        return `${matches.map(({ rule }) => rule).join(' ')}: ${short(file.path)} ${file.mode!.toString(8)}${asked}${side}${link}`;
      });
    assert.equal(
      seen,
      CALLS.flatMap(([, record]) => record ?? []),
    );
    for (const { event } of all.slice(0, 3)) assert.is((event as { file: FileFields }).file.owner_uid, 0);
  }),
);

test.run();
