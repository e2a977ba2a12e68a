/** File operations of a watched child. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELDS } from '../../vm/spec/fields.ts';
import { RECORD_FLAGS } from '../../vm/spec/record.ts';
import { kernelTest } from '../support/kernel.ts';
import { watching, type Seen, type Watched } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;

const flagsOf = (field: string, value: unknown): string[] =>
  FIELDS.find((of) => of.name === field)!.values!.filter((_, bit) => ((value as bigint) >> BigInt(bit)) & 1n);

/** Short lines: kind, path below the folder, and what else matters. */
const lines = (watched: Watched, records: readonly Seen[]): string[] => {
  const below = (path: unknown): string => String(path).replace(`${watched.folder}/`, '');
  return records.map(({ kind, values }) =>
    [
      kind,
      below(values['file.path']),
      ...(values['file.side'] ? [values['file.side'], below(values['file.other_path'])] : []),
      ...(values['file.type'] === undefined ? [] : flagsOf('file.type', values['file.type'])),
      ...['attribute', 'new_mode', 'new_owner_uid']
        .map((name) => values[`file.${name}`])
        .flatMap((value, i) => (value === undefined ? [] : [i === 1 ? value.toString(8) : String(value)])),
      ...(values['file.link_target'] === undefined ? [] : [`to ${String(values['file.link_target'])}`]),
    ].join(' '),
  );
};

const seen = (kinds: readonly string[], program: string, expected: readonly string[]): void =>
  watching({ kinds }, (watched) => {
    watched.python(`import os,socket\n${program}`);
    const ours = watched.records().filter(({ values }) => String(values['file.path']).startsWith(`${watched.folder}/`));
    assert.equal(lines(watched, ours), expected);
  });

kernelTest('create: by open, mkdir, mknod, symlink, bind, and only where nothing was there', NEEDS, () =>
  seen(
    ['file.create'],
    `
open("new","w").close()
open("new","w").close()
os.close(os.open("excl",os.O_CREAT|os.O_EXCL|os.O_RDWR))
os.mkdir("dir"); os.mkfifo("dir/fifo"); os.mknod("dev",0o20600,os.makedev(1,3))
os.symlink("new","sym"); d=os.open("dir",os.O_RDONLY); os.symlink("x","sym2",dir_fd=d); os.mkdir("sub",dir_fd=d)
socket.socket(socket.AF_UNIX).bind("sock")
import ctypes,struct; ctypes.CDLL(None).syscall(437,-100,b"how",struct.pack("QQQ",os.O_CREAT|os.O_WRONLY,0o4751,0),24)
ctypes.CDLL(None).creat(b"creat",0o600)
try: os.mkdir("dir")
except OSError: pass`,
    [
      'file.create new regular 666',
      'file.create excl regular 777',
      'file.create dir folder 777',
      'file.create dir/fifo pipe 666',
      'file.create dev device 600',
      'file.create sym symlink to new',
      'file.create dir/sym2 symlink to x',
      'file.create dir/sub folder 777',
      'file.create sock socket',
      'file.create how regular 4751',
      'file.create creat regular 600',
    ],
  ),
);

kernelTest('delete, rename and link: both sides, relative to any folder', NEEDS, () =>
  seen(
    ['file.delete', 'file.rename', 'file.link'],
    `
open("a","w").close(); os.mkdir("d"); d=os.open("d",os.O_RDONLY)
os.link("a","b"); os.link("a","c",dst_dir_fd=d)
os.rename("b","e"); os.rename("c","f",src_dir_fd=d,dst_dir_fd=d); os.rename(b"e",b"\\xff")
os.unlink("f",dir_fd=d); os.rmdir("d"); os.remove(os.path.abspath("a"))`,
    [
      'file.link a source b',
      'file.link b target a',
      'file.link a source d/c',
      'file.link d/c target a',
      'file.rename b source e',
      'file.rename e target b',
      'file.rename d/c source d/f',
      'file.rename d/f target d/c',
      'file.rename e source \xff',
      'file.rename \xff target e',
      'file.delete d/f',
      'file.delete d folder',
      'file.delete a',
    ],
  ),
);

kernelTest(
  'attr: modes, owners, times, extended attributes, by path and by descriptor, with what is asked for',
  NEEDS,
  () =>
    seen(
      ['file.attr'],
      `
fd=os.open("a",os.O_CREAT|os.O_RDWR)
os.chmod("a",0o4600); os.fchmod(fd,0o640); os.chown("a",1,0); os.fchown(fd,0,0); os.lchown("a",-1,0)
os.chown("a",2,0,dir_fd=os.open(".",os.O_RDONLY))
import ctypes; ctypes.CDLL(None).syscall(452,fd,b"",0o2601,0x1000)
os.utime("a"); os.utime(fd); os.setxattr("a","user.x",b"1"); os.removexattr("a","user.x"); os.setxattr(fd,"user.y",b"1")
os.chmod("/proc/self/fd/%d"%fd,0o600)
import fcntl,struct
fcntl.ioctl(fd,0x40086602,struct.pack("q",0x40))
fcntl.ioctl(fd,0x541B,bytearray(8))`,
      [
        'file.attr a mode 4600',
        'file.attr a regular mode 640',
        'file.attr a owner 1',
        'file.attr a regular owner 0',
        'file.attr a owner',
        'file.attr a owner 2',
        'file.attr a regular mode 2601',
        'file.attr a times',
        'file.attr a regular times',
        'file.attr a xattr',
        'file.attr a xattr',
        'file.attr a regular xattr',
        'file.attr a regular flags',
      ],
    ),
);

kernelTest('write: opens that write, truncate, ftruncate, fallocate; read: opens that read', NEEDS, () =>
  seen(
    ['file.write', 'file.read'],
    `
os.close(os.open("a",os.O_CREAT|os.O_WRONLY)); fd=os.open("a",os.O_RDWR); os.truncate("a",1); os.ftruncate(fd,2); os.posix_fallocate(fd,0,9)
os.open("a",os.O_RDONLY); os.open("a",os.O_RDONLY|os.O_TRUNC); os.open("a",os.O_PATH); os.listdir(os.getcwd()+"/.")`,
    [
      'file.write a regular',
      'file.read a regular',
      'file.write a regular',
      'file.write a',
      'file.write a regular',
      'file.write a regular',
      'file.read a regular',
      'file.read a regular',
      'file.write a regular',
    ],
  ),
);

kernelTest('an open says how, and which object it got', NEEDS, () =>
  watching({ kinds: ['file.read'] }, (watched) => {
    watched.python(
      'import os\nopen("a","w").close(); os.chmod("a",0o4640); os.symlink("a","s")\ns=os.stat("a")\n' +
        'os.open("s",os.O_RDWR|os.O_APPEND|os.O_CLOEXEC)\nopen("out","w").write("%d %d" % (s.st_dev,s.st_ino))',
    );
    const record = watched.records().find(({ values }) => values['file.invoked'] === 's')!;
    const [dev, ino] = watched.run('/bin/cat', ['out']).stdout.split(' ').map(BigInt);
    assert.is(record.values['file.path'], `${watched.folder}/a`, 'resolved');
    assert.equal(flagsOf('file.flags', record.values['file.flags']), ['rdwr', 'append', 'cloexec']);
    assert.is(record.values['file.mode'], 0o4640n);
    assert.is(record.values['file.owner_uid'], 0n);
    assert.is(record.values['file.dev'], dev);
    assert.is(record.values['file.ino'], ino);
    assert.is(record.flags, RECORD_FLAGS.after);
  }),
);

kernelTest('map_exec: mappings of files that can be executed', NEEDS, () =>
  watching({ kinds: ['file.map_exec'] }, (watched) => {
    watched.python(
      'import mmap,os,ctypes\nfd=os.open("/bin/true",os.O_RDONLY)\n' +
        'mmap.mmap(fd,4096,mmap.MAP_PRIVATE,mmap.PROT_READ)\n' +
        'm=mmap.mmap(-1,4096,mmap.MAP_PRIVATE|mmap.MAP_ANONYMOUS,mmap.PROT_READ|mmap.PROT_EXEC)\n' +
        'k=mmap.mmap(fd,4096,mmap.MAP_PRIVATE,mmap.PROT_READ|mmap.PROT_WRITE)\n' +
        'a=ctypes.addressof(ctypes.c_char.from_buffer(k))\nctypes.CDLL(None).mprotect(ctypes.c_void_p(a),4096,5)',
    );
    const paths = watched.records().map(({ values }) => values['file.path']);
    assert.ok(paths.some((path) => /\/libc\.so/.test(String(path))));
    assert.is(paths.at(-1), '/usr/bin/true', 'made executable afterwards');
    assert.is(paths.filter((path) => path === '/usr/bin/true').length, 1);
  }),
);

test.run();
