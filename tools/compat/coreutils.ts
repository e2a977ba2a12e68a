/** The tests of GNU coreutils: of what is built of the source of the installed version, in a copy of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunks, NOBODY, type Outcomes, type Suite } from './suite.ts';

/** Folders of tests; what computes or formats alone is left out. */
const FOLDERS =
  'chgrp chmod chown cp dd df du id install ln ls misc mkdir mv readlink rm rmdir split tail-2 touch'.split(' ');
/** They try to remove the root, and trust what they test. */
const LEFT_OUT = ['tests/rm/r-root.sh', 'tests/chown/preserve-root.sh'];
const TESTS = 64;

const testsOf = (source: string): string[] =>
  [...readFileSync(join(source, 'tests', 'local.mk'), 'utf8').matchAll(/^\s+(tests\/([\w-]+)\/\S+\.(?:sh|pl|xpl))\b/gm)]
    .filter(([, test, folder]) => FOLDERS.includes(folder) && !LEFT_OUT.includes(test))
    .map(([, test]) => test);

/** Lines of Automake: `PASS: tests/cp/abuse.sh`. */
const outcomes = (_: string, output: string): Outcomes =>
  new Map(
    [...output.matchAll(/^(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (tests\/\S+\.(?:sh|pl|xpl))$/gm)].map(
      ([, outcome, name]) => [name, outcome],
    ),
  );

const coreutils = (name: string, as: string): Suite => ({
  name,
  needs: [
    ['/usr/bin/gcc', 'gcc'],
    ['/usr/bin/make', 'make'],
    ['/usr/bin/dpkg-source', 'dpkg-dev'],
  ],
  source: { package: 'coreutils', build: 'FORCE_UNSAFE_CONFIGURE=1 ./configure --disable-nls -q && make -j2' },
  parts: (source) =>
    chunks([...new Set(testsOf(source))], TESTS).map((tests) => ({
      name: `${tests[0]} to ${tests.at(-1)}`,
      script: `cp -a "$SOURCE" built && ${as === '' ? '' : 'chown -R nobody:nogroup built && '}cd built &&
${as} make -k -j2 check SUBDIRS=. NON_ROOT_USERNAME=nobody TESTS='${tests.join(' ')}' 2>&1`,
    })),
  outcomes,
});

export const COREUTILS: readonly Suite[] = [coreutils('coreutils', ''), coreutils('coreutils as nobody', NOBODY)];
