/** Symlinks in joined paths are followed afterwards, in place, below the workload's root. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECORD_FLAGS } from '../../vm/spec/record.ts';
import { normalPath, PathSettler } from '../../shim/sensors/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { readSpan, watching } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;

test('a normal path is that of POSIX, absolute', () => {
  const part = fc.constantFrom('', '.', '..', 'a', 'b c', '...', '\xff');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = `/${parts.join('/')}`;
      const trimmed = posix.normalize(path).replace(/(.)\/+$/, '$1');
      assert.is(normalPath(path), trimmed);
      assert.is(normalPath(normalPath(path)), normalPath(path));
    }),
  );
});

kernelTest('paths through symlinks are settled; the last name is followed where the operation does', NEEDS, () =>
  watching({ kinds: ['file.create', 'file.delete', 'file.rename', 'file.attr', 'file.link'] }, (watched) => {
    watched.python(
      'import os\nos.makedirs("real/deep"); os.symlink("real/deep","way"); open("real/deep/f","w").close(); os.symlink("f","way/s")\n' +
        'os.mkdir("way/./../deep//new/"); os.chmod("way/s",0o600); os.lchown("way/s",0,0)\n' +
        'os.rename("way/f","way/g"); os.link("way/s","hard",follow_symlinks=False); os.unlink("way/s")\n' +
        'os.makedirs("gone/x"); os.rmdir("gone/x"); os.rmdir("gone")',
    );
    const settler = new PathSettler();
    const span = watched.span();
    const left = settler.settle(span);
    settler.close();
    const below = (path: unknown): string => String(path).replace(`${watched.folder}/`, '');
    const records = readSpan(span)
      .filter(({ values }) => String(values['file.path']).startsWith(watched.folder))
      .map(({ kind, flags, values }) =>
        [
          kind.slice(5),
          below(values['file.path']),
          ...(values['file.other_path'] === undefined ? [] : [below(values['file.other_path'])]),
          ...((flags & RECORD_FLAGS.lexical) === 0 ? [] : ['lexical']),
        ].join(' '),
      );
    assert.equal(records, [
      'create real',
      'create real/deep',
      'create way',
      'create real/deep/f',
      'create real/deep/s',
      'create real/deep/new',
      'attr way/s lexical', // what the link meant has another name by now
      'attr real/deep/s',
      'rename real/deep/f real/deep/g',
      'rename real/deep/g real/deep/f',
      'link real/deep/s hard',
      'link hard real/deep/s',
      'delete real/deep/s',
      'create gone',
      'create gone/x lexical',
      'delete gone/x lexical',
      'delete gone',
    ]);
    assert.is(left, records.filter((line) => line.endsWith('lexical')).length);
  }),
);

kernelTest('a workload in another root is settled there', NEEDS, () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'lictor-test-')));
  mkdirSync(join(root, 'etc/real'), { recursive: true });
  symlinkSync('/etc/real', join(root, 'way'));
  try {
    watching({ kinds: ['file.create'] }, (watched) => {
      watched.python(`import os\nos.chroot(${JSON.stringify(root)}); os.chdir("/"); os.mkdir("way/x")`);
      const span = watched.span();
      const settler = new PathSettler(root);
      assert.is(settler.settle(span), 0);
      settler.close();
      const made = readSpan(span).find(({ values }) => values['file.invoked'] === 'way/x')!;
      assert.is(made.values['file.path'], '/etc/real/x');
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});

kernelTest('a path below /proc/self is not ours', NEEDS, () =>
  watching({ kinds: ['file.attr'] }, (watched) => {
    watched.python('import os\nfd=os.open("a",os.O_CREAT)\nos.chmod("/dev/fd/%d" % fd,0o600)');
    const span = watched.span();
    const settler = new PathSettler();
    settler.settle(span);
    settler.close();
    const [record] = readSpan(span);
    assert.match(String(record.values['file.path']), /^\/dev\/fd\/\d+$/);
    assert.ok(record.flags & RECORD_FLAGS.lexical);
  }),
);

test.run();
