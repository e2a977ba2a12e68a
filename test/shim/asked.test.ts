/** Rules about what a call asks for, whichever call of its family a program takes: mode bits, an owner, an attribute. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

/** Each attempt with whether it is to be refused: by a path, below a folder, by a descriptor. */
const refuses = async (
  rules: string,
  attempts: readonly (readonly [code: string, refused: boolean])[],
): Promise<void> =>
  inFolder(async (folder) => {
    const code = `
import ctypes, errno, fcntl, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*arguments) < 0: raise OSError(ctypes.get_errno(), "")
def attempt(use):
    try: use()
    except OSError as error: return errno.errorcode[error.errno]
    return "done"
os.umask(0)
fd = os.open("a", os.O_CREAT | os.O_RDWR, 0o640)
here = os.open(".", os.O_RDONLY)
${attempts.map(([line]) => `print(attempt(lambda: ${line}))`).join('\n')}
`;
    const { stdout, stderr } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', code]);
    assert.is(stderr, '');
    assert.equal(
      stdout
        .trim()
        .split('\n')
        .map((outcome, i) => `${attempts[i][0]}: ${outcome}`),
      attempts.map(([line, refused]) => `${line}: ${refused ? 'EPERM' : 'done'}`),
    );
  });

kernelTest('nobody sets setuid by any call, and every other change of a mode is made', GUARD, () =>
  refuses(`- {name: setuid, on: file.attr, when: 'file.new_mode & 0o4000 = 0o4000', action: deny}`, [
    ['os.chmod("a", 0o4755)', true],
    ['os.chmod("a", 0o4755, dir_fd=here)', true],
    ['os.fchmod(fd, 0o4000)', true],
    ['os.chmod("/proc/self/fd/%d" % fd, 0o6755)', true],
    ['call(90, b"a", 0o104755)', true], // the kernel knows twelve bits of a mode
    ['call(452, -100, b"a", 0o4755, 0)', true],
    ['call(452, fd, b"", 0o4755, 0x1000)', true],
    ['os.chmod("a", 0o2755)', false],
    ['os.chmod("a", 0o755, dir_fd=here)', false],
    ['os.fchmod(fd, 0o1777)', false],
    ['call(452, fd, b"", 0o600, 0x1000)', false],
    ['os.chown("a", 1, 1)', false],
    ['os.close(os.open("b", os.O_CREAT | os.O_WRONLY, 0o4755))', false],
  ]),
);

kernelTest('nobody gives a file to root by any call, and to others it is given', GUARD, () =>
  refuses(`- {name: root, on: file.attr, when: 'file.new_owner_uid = 0', action: deny}`, [
    ['os.chown("a", 0, 0)', true],
    ['os.lchown("a", 0, -1)', true],
    ['os.fchown(fd, 0, 0)', true],
    ['os.chown("a", 0, 0, dir_fd=here)', true],
    ['call(260, fd, b"", 0, 0, 0x1000)', true],
    ['os.chown("a", -1, 0)', false],
    ['os.fchown(fd, 1, 0)', false],
    ['os.chmod("a", 0)', false],
  ]),
);

kernelTest('nothing is made that everybody may write, by any call, whatever the umask', GUARD, () =>
  refuses(`- {name: open, on: file.create, when: 'file.new_mode & 0o002 = 0o002', action: deny}`, [
    ['os.mkdir("d", 0o777)', true],
    ['os.mkdir("d", 0o702, dir_fd=here)', true],
    ['os.mkfifo("p", 0o666)', true],
    ['os.mknod("r", 0o100666)', true],
    ['os.open("f", os.O_CREAT | os.O_RDWR, 0o666)', true],
    ['os.open("f", os.O_CREAT | os.O_RDWR, 0o666, dir_fd=here)', true],
    ['os.open(".", os.O_TMPFILE | os.O_RDWR, 0o666)', true],
    ['call(85, b"f", 0o666)', true], // creat
    ['os.mkdir("d", 0o777)', true],
    ['os.mkdir("d", 0o775)', false],
    ['os.open("f", os.O_CREAT | os.O_RDWR, 0o664)', false],
    ['os.symlink("f", "s")', false],
  ]),
);

kernelTest('each attribute can be kept from change alone', GUARD, async () => {
  const CHANGES = [
    ['mode', 'os.chmod("a", 0o600)'],
    ['owner', 'os.chown("a", 1, 1)'],
    ['times', 'os.utime("a")'],
    ['xattr', 'os.setxattr("a", "user.x", b"1")'],
    ['flags', 'fcntl.ioctl(fd, 0x40086602, struct.pack("q", 0x40))'],
  ] as const;
  for (const [kept] of CHANGES)
    await refuses(
      `- {name: kept, on: file.attr, when: 'file.attribute = "${kept}"', action: deny}`,
      CHANGES.map(([attribute, line]) => [line, attribute === kept]),
    );
});

test.run();
