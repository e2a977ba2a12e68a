/**
 * Events a second out of the ring, beside the smallest C consumer of the same ring in the same run.
 * Usage: node --import tsx bench/ring/ring.ts [rounds]    (root; a C compiler; BPF objects and VM built)
 *
 * `full ring`: a full ring is emptied while nobody writes: what a consumer can do. `live`: a process makes events as
 * fast as one processor can, the consumer runs on another: what the whole path does. Consumers take turns, the
 * best round of each counts, for other work on the machine only takes away, and nothing may be lost.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { build } from '../../compiler/build.ts';
import { kernelErrorText } from '../../shim/kernel/bpf.ts';
import { attachSensors, syscallNumber } from '../../shim/sensors/index.ts';

const RING_BYTES = 1 << 26;
const LIVE = 50_000;
const GETPPID = syscallNumber('getppid')!;
const POLICY = `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: bench}
spec:
  mode: enforce
  defaults: {syscall: audit}
  rules:
    - {name: tracing, on: syscall, when: 'syscall.name in ("ptrace", "process_vm_readv")', action: deny}
    - {name: own, on: syscall, when: 'syscall.name = "getppid" and proc.uid = 0', action: allow}
`;

interface Asked {
  ask(line: string): Promise<string>;
  end(): void;
}

const asked = (child: ChildProcess): Asked => {
  const lines: Interface = createInterface({ input: child.stdout! });
  const answers = lines[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin!.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`${child.spawnargs.join(' ')} ended`);
      return value;
    },
    end: () => child.stdin!.end(),
  };
};

const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));
const cgroupRoot = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
if (!cgroupRoot || process.geteuid?.() !== 0) throw new Error('needs root and a mounted cgroup2');
const cgroup = mkdtempSync(join(cgroupRoot, 'lictor-bench-'));

const compileC = (name: string): string => {
  const output = join(folder, name);
  const made = spawnSync('cc', ['-O2', '-o', output, join(import.meta.dirname, `${name}.c`)], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return output;
};

const made = attachSensors({ kinds: ['syscall'], syscalls: [GETPPID], ringBytes: RING_BYTES });
if ('error' in made) throw new Error(kernelErrorText(made.error));
const { sensors } = made;
const watched = sensors.watch(cgroup);
if (watched) throw new Error(kernelErrorText(watched));

const program = join(folder, 'program');
const built = build([{ path: 'bench.yaml', text: POLICY }], { today: '2026-01-01' });
if (!built.value) throw new Error(JSON.stringify(built.diagnostics));
writeFileSync(program, built.value.program.program);

/** Consumers on the second processor, the generator on the first. */
const consumer = (command: string, args: readonly string[]): Asked =>
  asked(spawn('taskset', ['-c', '1', command, ...args], { stdio: ['pipe', 'pipe', 'inherit', sensors.ringFd] }));
const ours = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'consumer.ts'), String(RING_BYTES)];
const generator = asked(
  spawn('sh', ['-c', 'echo $$ > "$0/cgroup.procs"; exec taskset -c 0 "$1"', cgroup, compileC('generator')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  }),
);
const consumers: readonly (readonly [string, Asked])[] = [
  ['C, copying', consumer(compileC('consumer'), [String(RING_BYTES), 'copy'])],
  ['C, in place', consumer(compileC('consumer'), [String(RING_BYTES), 'place'])],
  ['drain', consumer(ours[0], ours.slice(1))],
  ['drain + evaluateRing', consumer(ours[0], [...ours.slice(1), program])],
];

interface Round {
  readonly records: number;
  readonly bytes: number;
  readonly perSecond: number;
}
const parse = (answer: string): Round => {
  const [records, bytes, nanoseconds] = answer.split(' ').map(Number);
  return { records, bytes, perSecond: (records / nanoseconds) * 1e9 };
};
const best = (rounds: readonly Round[]): number => Math.max(...rounds.map((round) => round.perSecond));
const million = (n: number): string => `${(n / 1e6).toFixed(2)} M/s`;

const rounds = Number(process.argv[2] ?? 9);
const full = consumers.map((): Round[] => []);
const live = consumers.map((): Round[] => []);
try {
  // How long a record is decides how many fill the ring; the first rounds also warm the consumers up.
  await generator.ask('1000');
  const probe = parse(await consumers[0][1].ask('drain'));
  const fill = Math.floor((RING_BYTES * 0.95) / (probe.bytes / probe.records + 16));
  for (let round = -2; round < rounds; round++)
    for (const [i, [, who]] of consumers.entries()) {
      await generator.ask(String(fill));
      const emptied = parse(await who.ask('drain'));
      if (emptied.records < fill) throw new Error(`${emptied.records} of ${fill} records were drained`);
      const answer = who.ask(`live ${LIVE}`);
      await generator.ask(String(LIVE));
      const ran = parse(await answer);
      if (round < 0) continue;
      full[i].push(emptied);
      live[i].push(ran);
    }
  const { emitted, lost } = sensors.counters()['syscall'];
  console.log(
    `records of ${Math.round(probe.bytes / probe.records)} bytes, ${rounds} rounds; emitted ${emitted}, lost ${lost}\n`,
  );
  console.log(
    'consumer'.padEnd(22),
    'full ring'.padStart(12),
    'ratio'.padStart(7),
    'live'.padStart(12),
    'ratio'.padStart(7),
  );
  for (const [i, [name]] of consumers.entries())
    console.log(
      name.padEnd(22),
      million(best(full[i])).padStart(12),
      (best(full[i]) / best(full[0])).toFixed(2).padStart(7),
      million(best(live[i])).padStart(12),
      (best(live[i]) / best(live[0])).toFixed(2).padStart(7),
    );
  if (lost > 0) process.exitCode = 1;
} finally {
  for (const [, who] of consumers) who.end();
  generator.end();
  sensors.close();
  rmSync(folder, { recursive: true });
  for (let tries = 0; tries < 50; tries++)
    try {
      rmdirSync(cgroup);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
