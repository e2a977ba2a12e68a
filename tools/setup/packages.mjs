/** System packages: what is missing, why it is wanted, and, as root on Debian or Ubuntu, its installation. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const inPath = (pattern) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && existsSync(folder))
    .some((folder) => readdirSync(folder).some((name) => pattern.test(name)));

const LIBRARY_FOLDERS = ['/lib64', '/usr/lib64', '/usr/lib', '/lib', '/usr/local/lib'];
const library = (name) =>
  LIBRARY_FOLDERS.filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...readdirSync(folder).map((below) => join(folder, below))])
    .some((folder) => existsSync(join(folder, name)));

const BUILD = ['build', 'test', 'demo', 'hosts'];

/** A package of Debian: what it is for, for which purposes of setup, and how to see that it is there. */
const PACKAGES = [
  { name: 'clang', why: 'compiles the eBPF programs', purposes: BUILD, found: () => inPath(/^clang(-\d+)?$/) },
  { name: 'llvm', why: 'strips the eBPF objects', purposes: BUILD, found: () => inPath(/^llvm-strip(-\d+)?$/) },
  {
    name: 'libbpf-dev',
    why: 'has the headers of eBPF programs',
    purposes: BUILD,
    found: () => existsSync('/usr/include/bpf/bpf_helpers.h'),
  },
  {
    name: 'linux-libc-dev',
    why: "has the kernel's headers",
    purposes: BUILD,
    found: () => existsSync('/usr/include/linux/bpf.h'),
  },
  { name: 'libbpf1', why: 'loads the eBPF programs', purposes: BUILD, found: () => library('libbpf.so.1') },
  { name: 'gcc', why: 'compiles the launcher of workloads', purposes: BUILD, found: () => inPath(/^(cc|gcc)$/) },
  {
    name: 'libc6-dev',
    why: 'has the C library that the launcher is linked with',
    purposes: BUILD,
    found: () => existsSync('/usr/include/stdio.h'),
  },
  {
    name: 'python3',
    why: 'makes the system calls that tests watch',
    purposes: ['test'],
    found: () => existsSync('/usr/bin/python3'),
  },
  { name: 'wabt', why: 'translates the module for the C host', purposes: ['hosts'], found: () => inPath(/^wasm2c$/) },
  {
    name: 'libmsgpack-dev',
    why: 'reads manifests in the C host',
    purposes: ['hosts'],
    found: () => existsSync('/usr/include/msgpack.h'),
  },
  {
    name: 'libssl-dev',
    why: 'checks digests in the C host',
    purposes: ['hosts'],
    found: () => existsSync('/usr/include/openssl/sha.h'),
  },
  {
    name: 'g++',
    why: 'reads the header of the C host as C++',
    purposes: ['hosts'],
    found: () => inPath(/^g\+\+$/),
  },
  {
    name: 'make',
    why: 'builds the C host',
    purposes: ['hosts'],
    found: () => inPath(/^make$/),
  },
  {
    name: 'chromium',
    why: 'runs the TypeScript host in a page',
    purposes: ['hosts'],
    found: () => existsSync('/usr/bin/chromium'),
  },
  { name: 'zsh', why: 'reads its completion script in a test', purposes: ['test'], found: () => inPath(/^zsh$/) },
  { name: 'fish', why: 'reads its completion script in a test', purposes: ['test'], found: () => inPath(/^fish$/) },
];

const run = (command, args) =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ===
  0;

const missing = (purpose) => PACKAGES.filter(({ purposes, found }) => purposes.includes(purpose) && !found());

/**
 * Says what is missing and installs it where that is possible.
 *
 * @param {string} purpose of setup
 * @returns {readonly string[]} names of packages that are missing still
 */
export const systemPackages = (purpose) => {
  if (process.platform !== 'linux') {
    console.error(`this is ${process.platform}: policies can be written and tested, but no kernel can be guarded`);
    return PACKAGES.map(({ name }) => name);
  }
  const wanted = missing(purpose);
  if (wanted.length === 0) return [];
  const names = wanted.map(({ name }) => name);
  const list = wanted.map(({ name, why }) => `  ${name.padEnd(15)} ${why}`).join('\n');
  if (process.geteuid() === 0 && inPath(/^apt-get$/)) {
    console.error(`installing these system packages with apt-get:\n${list}`);
    run('apt-get', ['update']); // where it fails, the lists that are there may do
    const installed = run('apt-get', ['install', '-y', '--no-install-recommends', ...names]);
    if (!installed) console.error('apt-get failed: going on with what works');
  } else {
    const how = inPath(/^apt-get$/) ? `apt-get install ${names.join(' ')}` : "your system's packages of these";
    console.error(`these system packages are missing (Debian's names); install ${how}:\n${list}`);
  }
  return missing(purpose).map(({ name }) => name);
};
