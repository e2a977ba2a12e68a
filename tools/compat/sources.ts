/** Sources of Debian packages, with their tests: fetched and built once, below `dist/compat`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './suite.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'dist', 'compat');
const APT = '/etc/apt';

const shell = (script: string, cwd: string): string => {
  const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-ec', script], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return stdout.trim();
  throw new Error(error?.message ?? stderr.trim().split('\n').at(-1) ?? '');
};

/** Writes apt's lists of sources for the packages that this machine gets. @returns options for apt-get */
const sourceLists = (): string => {
  const parts = join(ROOT, 'apt');
  mkdirSync(join(parts, 'lists', 'partial'), { recursive: true });
  const files = readdirSync(join(APT, 'sources.list.d')).map((name) => join('sources.list.d', name));
  for (const [i, name] of ['sources.list', ...files].entries()) {
    const path = join(APT, name);
    if (!/\.(?:list|sources)$/.test(name) || !existsSync(path)) continue;
    const text = readFileSync(path, 'utf8')
      .replace(/^Types:.*/gm, 'Types: deb-src')
      .replace(/^deb /gm, 'deb-src ');
    writeFileSync(join(parts, `${i}.${name.endsWith('.list') ? 'list' : 'sources'}`), text);
  }
  return `-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=${parts} -o Dir::State::lists=${parts}/lists -o Acquire::Retries=3`;
};

/**
 * @returns the folder of the source, built
 * @throws with apt's, or the compiler's, last line if it cannot be had
 */
export const sourceOf = ({ package: name, build }: Source): string => {
  const [own, version] = shell(`dpkg-query -W -f '\${source:Package} \${source:Version}' ${name}`, '/').split(' ');
  // without its epoch: tests put their folder into lists that colons divide
  const folder = join(ROOT, `${own}-${version.replace(/^\d+:/, '')}`);
  const built = join(folder, '.built');
  if (existsSync(built) && readFileSync(built, 'utf8') === build) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(ROOT, { recursive: true });
  console.log(`  fetching and building the source of ${own} ${version}`);
  const options = sourceLists();
  // a mirror can lack the newest: then the tests of another version that it has
  shell(
    `apt-get ${options} update >&2
others=$(apt-cache ${options} showsrc ${own} | sed -n 's/^Version: //p' | sort -rV)
for version in ${version} $others; do apt-get ${options} source --download-only ${own}=$version >&2 && break; done
dpkg-source -x ${own}_*.dsc ${folder} >&2; rm ${own}_*`,
    ROOT,
  );
  shell(`(${build}) > .build.log 2>&1 || { tail -1 .build.log >&2; false; }`, folder);
  writeFileSync(built, build);
  return folder;
};
