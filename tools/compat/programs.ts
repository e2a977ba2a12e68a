/** Programs whose own tests are not at hand, in steps that use them as people do: ordinary tools, a build, npm, git. */
import { NOBODY, steps, type Suite } from './suite.ts';

export const PROGRAMS: readonly Suite[] = [
  steps('files', [['/usr/bin/rsync', 'rsync']], {
    'make a tree':
      'mkdir -p tree/a/b tree/c && for i in 1 2 3 4 5; do echo $i > tree/a/$i; done && ln -s a/1 tree/link && ln tree/a/1 tree/c/hard && mkfifo tree/fifo',
    modes:
      'umask 027; touch tree/private; mkdir tree/shared; chmod 2775 tree/shared; touch tree/shared/f; stat -c "%a %F %h" tree/private tree/shared tree/shared/f tree/c/hard tree/fifo',
    'sticky folder': `mkdir -m 1777 sticky && touch sticky/mine && chmod 666 sticky/mine && ${NOBODY} rm -f sticky/mine; ls sticky`,
    'unreadable folder': `mkdir -m 700 closed && ${NOBODY} touch closed/x; ${NOBODY} ls closed; ls closed`,
    'trailing slashes':
      'mkdir tree/new/ && rmdir tree/new/; touch tree/a/1/; mv tree/c/ tree/d/ && ls tree/d; rm tree/link/; mkdir tree/a/.; rmdir tree/a/..',
    rename: 'mv tree/a/2 tree/a/two && mv -T tree/a/b tree/e && mv tree/missing x; ls -R tree',
    'no clobber': 'mv -n tree/a/3 tree/a/4; cat tree/a/4; ln tree/a/3 tree/a/4; ln -s x tree/a/4; mkdir tree/a',
    'copy with attributes': 'cp -a tree copy && diff -r --no-dereference tree copy; stat -c "%a %n" copy/private',
    sparse: 'truncate -s 1M big && truncate -s 10 big && stat -c %s big && fallocate -l 4096 big && stat -c %s big',
    times:
      'touch -d 2001-02-03T04:05:06Z old && TZ=UTC stat -c %y old && touch -r old new && TZ=UTC stat -c %y new && touch -h -d 2002-01-01T00:00:00Z tree/link && TZ=UTC stat -c %y tree/link',
    owners:
      'chown 123:456 old && stat -c %u:%g old && chown -h 7:8 tree/link && stat -c %u:%g tree/link && chmod 4755 old && chown 0 old && stat -c %a old',
    tar: 'tar cf t.tar tree && mkdir out && tar xpf t.tar -C out && diff -r --no-dereference tree out/tree',
    rsync: 'rsync -aH --delete tree/ mirror/ && rsync -aHn --itemize-changes tree/ mirror/',
    fifo: 'mkfifo pipe && (echo through > pipe &) && cat pipe',
    'temporary files': 'f=$(mktemp) && d=$(mktemp -d) && echo x > $f && cat $f && rm -r $f $d',
    'many processes':
      'seq 200 | xargs -P 8 -I{} sh -c "echo {} > many.{}; mv many.{} done.{}" && ls done.* | wc -l && rm done.*',
    'long names': 'n=$(printf "%0255d" 0); touch $n && ls | grep -c 0000 ; touch 0$n; rm $n',
    'file descriptors':
      'exec 9> nine; echo x >&9; cat /proc/self/fd/9 nine /dev/fd/9 < /dev/null; ls -l /proc/self/fd/9 | wc -l',
    'no room for descriptors': 'ulimit -n 3; : > more',
    'deep folders':
      'for i in $(seq 60); do mkdir d$i && cd d$i; done && pwd | tr -cd / | wc -c >/dev/null && echo deep',
    'remove it': 'rm -r tree copy mirror out && ls -d tree',
  }),
  steps(
    'make',
    [
      ['/usr/bin/gcc', 'gcc'],
      ['/usr/bin/make', 'make'],
    ],
    {
      'write a program': `for i in 1 2 3 4 5 6; do printf '#include <stdio.h>\\nint f%s(void) { return %s; }\\n' $i $i > f$i.c; done; printf 'int f1(void); int main(void) { return f1() - 1; }\\n' > main.c; printf 'objects = f1.o f2.o f3.o f4.o f5.o f6.o\\nprogram: main.o lib.a\\n\\t$(CC) -o $@ $^\\nlib.a: $(objects)\\n\\tar rcsD $@ $^\\nclean:\\n\\trm -f *.o lib.a program\\n' > Makefile`,
      build: 'make -s -j4 CFLAGS=-O2 && ./program && sha256sum program lib.a',
      'build again': 'make -s CFLAGS=-O2 && make -q CFLAGS=-O2; echo $?; touch f3.c; make -n CFLAGS=-O2 | wc -l',
      'a program that fails': 'echo "int main(void) { return x; }" > wrong.c; gcc wrong.c 2>&1 | grep -c error',
      clean: 'make -s clean && ls',
    },
  ),
  steps('npm', [['/usr/bin/npm', 'nodejs']], {
    pack: `mkdir -p library && cd library && printf '{"name":"library","version":"1.0.0","bin":{"tool":"tool.js"},"scripts":{"install":"echo built > built"}}' > package.json && printf '#!/usr/bin/env node\\nconsole.log("a tool")\\n' > tool.js && chmod +x tool.js && npm pack --silent --pack-destination ..`,
    install: `mkdir -p app && cd app && printf '{"name":"app","version":"1.0.0"}' > package.json && HOME=$PWD npm install --silent --offline --no-audit --no-fund ../library-1.0.0.tgz && find node_modules | sort && cat node_modules/library/built`,
    run: 'cd app && HOME=$PWD npx --offline tool',
    uninstall: 'cd app && HOME=$PWD npm uninstall --silent --offline --no-audit --no-fund library && ls',
  }),
  steps('git in use', [['/usr/bin/git', 'git']], {
    init: 'export HOME=$PWD; git config --global user.name n && git config --global user.email e && git config --global init.defaultBranch main && git init -q repo && ls repo/.git',
    commit: `export HOME=$PWD GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z; cd repo && for i in $(seq 60); do echo $i > f$i; git add f$i && git commit -qm $i; done && git rev-parse HEAD`,
    'branch and merge': `export HOME=$PWD GIT_AUTHOR_DATE=2020-01-02T00:00:00Z GIT_COMMITTER_DATE=2020-01-02T00:00:00Z; cd repo && git switch -qc side HEAD~5 && echo side > f1 && git commit -qam side && git switch -q main && git merge -q -m merge side && git rev-parse HEAD`,
    'rebase and stash': `export HOME=$PWD GIT_AUTHOR_DATE=2020-01-03T00:00:00Z GIT_COMMITTER_DATE=2020-01-03T00:00:00Z; cd repo && echo x >> f2 && git stash -q && git stash pop -q && git status --short && git checkout -q f2 && git rebase -q --onto HEAD~1 HEAD~1 && git rev-parse HEAD`,
    'pack and check': 'export HOME=$PWD; cd repo && git gc -q --prune=now && git fsck --strict && git count-objects',
    clone:
      'export HOME=$PWD; git clone -q repo local && git clone -q --no-local repo other && git -C other log --oneline | wc -l && git -C local worktree add -q ../tree && ls tree | wc -l',
  }),
];
