/** git's own tests of its basics, of refs, the index, trees and branches, run against the installed git. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunks, NOBODY, type Outcomes, type Suite } from './suite.ts';

/** `t0…` to `t3…`: the basics, the object database and refs, the index and the working tree, `ls-files`, branches, commits. */
const CHOSEN = /^t[0-3]\d{3}-[\w-]+\.sh$/;
const FILES = 24;
const SECONDS = 600;

/** TAP, one file a script: a test is known by its number, and what is said of it is its outcome. */
const outcomes = (folder: string): Outcomes =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.tap'))
      .flatMap((name) =>
        [
          ...readFileSync(join(folder, name), 'latin1').matchAll(/^(?:(?:not )?ok (\d+) .*|Bail out!.*|1\.\.0.*)$/gm),
        ].map(([line, number = 'as a whole']) => [`${name.slice(0, -'.tap'.length)} ${number}`, line] as const),
      ),
  );

const git = (name: string, as: string): Suite => ({
  name,
  needs: [
    ['/usr/bin/git', 'git'],
    ['/usr/bin/gcc', 'gcc'],
    ['/usr/bin/make', 'make'],
    ['/usr/include/zlib.h', 'zlib1g-dev'],
    ['/usr/bin/dpkg-source', 'dpkg-dev'],
  ],
  source: {
    package: 'git',
    build:
      'make -j2 NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_OPENSSL=1 NO_PYTHON=1 NO_TCLTK=1 t/helper/test-tool GIT-BUILD-OPTIONS && make -C templates SHELL_PATH=/bin/sh PERL_PATH=/usr/bin/perl',
  },
  parts: (source) =>
    chunks(
      readdirSync(join(source, 't')).filter((file) => CHOSEN.test(file)),
      FILES,
    ).map((files) => ({
      name: `${files[0]} to ${files.at(-1)}`,
      script: `export out="$PWD" HOME="$PWD" TEST_OUTPUT_DIRECTORY="$PWD" GIT_TEST_INSTALLED=/usr/bin GIT_TEST_CHAIN_LINT=0; cd "$SOURCE/t" &&
printf '%s\\n' ${files.join(' ')} | ${as} xargs -P 2 -I{} sh -c 'timeout -k 5 ${SECONDS} ./{} > "$out/{}.tap" 2>&1'`,
    })),
  outcomes,
});

export const GITS: readonly Suite[] = [git('git', ''), git('git as nobody', NOBODY)];
