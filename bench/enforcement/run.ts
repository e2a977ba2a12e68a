/**
 * `npm run bench:enforcement`: what guarding costs an operation, busy processes and whole programs; bare and guarded take
 * turns in one run. Times assert nothing.
 *
 *     npm run bench:enforcement -- [--quick] [--json FILE] [--write-docs]
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lacking } from '../../shim/run/index.ts';
import { orWrongUsage } from '../options.ts';
import { withParts } from '../report/document.ts';
import { markdown, terminal, type Grid } from '../report/grid.ts';
import { measureBusy, measureOperations, measurePrograms } from './measure.ts';
import { askingPolicy, touchingPolicy, type Ports } from './operations.ts';
import { busyGrid, operationsGrid, programsGrid } from './tables.ts';
import { bare, guarded, traced } from './workload.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');
const TREE = { folders: 40, files: 50, bytes: 300 };
const UNITS = 8;

const { values: options } = orWrongUsage(() =>
  parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
    },
  }),
);
const lacks = lacking();
if (lacks.length > 0) {
  console.error(`error: nothing can be guarded here: ${lacks.join('; ')}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));

const compileC = (source: string, output: string, flags: readonly string[] = []): string => {
  const path = join(folder, output);
  const made = spawnSync('cc', ['-std=gnu11', '-O2', ...flags, '-o', path, source], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${source} does not compile: ${made.stderr}`);
  return path;
};

/** Files that operations are done to, a tree to pack and a program to build. */
const furnish = (): void => {
  for (const name of ['plain', 'denied', 'denied-unlink']) writeFileSync(join(folder, name), 'text\n');
  writeFileSync(join(folder, 'true.c'), 'int main(void) { return 0; }\n');
  copyFileSync(compileC(join(folder, 'true.c'), 'true', ['-static']), join(folder, 'denied-true'));
  for (let d = 0; d < TREE.folders; d++) {
    mkdirSync(join(folder, 'tree', `d${d}`), { recursive: true });
    for (let f = 0; f < TREE.files; f++) writeFileSync(join(folder, 'tree', `d${d}`, `f${f}`), 'x'.repeat(TREE.bytes));
  }
  const units = Array.from({ length: UNITS }, (_, i) => `unit${i}`);
  for (const [i, unit] of units.entries())
    writeFileSync(
      join(folder, `${unit}.c`),
      `#include <stdio.h>\nint ${unit}(int x) { return printf("%d\\n", x + ${i}); }\n`,
    );
  const objects = units.map((unit) => `${unit}.o`).join(' ');
  writeFileSync(join(folder, 'Makefile'), `units.a: ${objects}\n\tar rcs $@ $^\nclean:\n\trm -f ${objects} units.a\n`);
};

const PROGRAMS = {
  [`tar of ${TREE.folders * TREE.files} files`]: 'tar cf - tree | cat > /dev/null',
  '300 × /bin/true': 'i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done',
  [`make, ${UNITS} C files`]: 'make -s -j2 && make -s clean',
};

const listening = async (): Promise<Ports & { close(): void }> => {
  const server = createServer((socket) => socket.on('error', () => {}).destroy());
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve));
  const { port: open } = server.address() as AddressInfo;
  const datagrams = createSocket('udp4');
  await new Promise<void>((resolve) => datagrams.bind(open, '127.0.0.1', resolve));
  const free = (): Promise<number> =>
    new Promise((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
    });
  const [own, denied, deniedListen, deniedAccept] = [await free(), await free(), await free(), await free()];
  const close = (): void => {
    server.close();
    datagrams.close();
  };
  return { open, own, denied, deniedListen, deniedAccept, close };
};

const show = (title: string, grid: Grid): void => console.log(`${title}\n${terminal(grid)}\n`);

furnish();
const program = compileC(join(import.meta.dirname, 'operations.c'), 'operations');
const ports = await listening();
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const who = {
  bare: bare(program, folder),
  asking: guarded(program, folder, askingPolicy(ports), 'asking'),
  touching: guarded(program, folder, touchingPolicy(folder), 'touching'),
  ...(hasStrace && { strace: traced(program, folder) }),
};
try {
  const operations = await measureOperations(who, ports, options.quick ? 4 : 40);
  show('One operation', operationsGrid(operations));
  const busy = await measureBusy(who, options.quick ? 300 : 2000);
  show('Busy processes', busyGrid(busy));
  const programs = await measurePrograms(who, PROGRAMS, options.quick ? 1 : 7);
  show('Whole programs, times bare', programsGrid(programs));
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ operations, busy, programs }, null, 2)}\n`);
  if (options['write-docs']) {
    const parts = {
      operations: markdown(operationsGrid(operations)),
      busy: markdown(busyGrid(busy)),
      programs: markdown(programsGrid(programs)),
    };
    writeFileSync(DOCUMENT, withParts(readFileSync(DOCUMENT, 'utf8'), parts));
  }
} finally {
  await Promise.all(Object.values(who).map((one) => one.end()));
  ports.close();
  rmSync(folder, { recursive: true });
}
