/** A child in a cgroup of its own, watched by sensors, and the records that came of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeRecord } from '../../vm/event/index.ts';
import type { Value } from '../../vm/event/event.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { RECORD, RING } from '../../vm/spec/record.ts';
import { openRing, type Ring } from '../../shim/kernel/ring.ts';
import { kernelErrorText } from '../../shim/kernel/bpf.ts';
import { attachSensors, settleQueries, type SensorOptions, type Sensors } from '../../shim/sensors/index.ts';

/** The value of a call that must not fail. */
export const must = <K extends string, T>(
  result: Record<K, T> | { readonly error: Parameters<typeof kernelErrorText>[0] },
  key: K,
): T => {
  if ('error' in result) throw new Error(kernelErrorText(result.error));
  return result[key];
};

export interface Seen {
  readonly kind: string;
  readonly flags: number;
  readonly subject: bigint;
  readonly workload: bigint;
  readonly token: bigint;
  readonly time: bigint | undefined;
  /** By field name. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The last of a list that is not empty. */
export const last = <T>(list: readonly T[]): T => list[list.length - 1];

/** Every record of a span with ring headers. */
export const readSpan = (span: Uint8Array): Seen[] => {
  const view = new DataView(span.buffer, span.byteOffset, span.byteLength);
  const seen: Seen[] = [];
  for (let at = 0; at < span.length;) {
    const length = view.getUint32(at, true);
    const start = at + RING.header;
    const decoded = decodeRecord(span, start);
    if ('error' in decoded) throw new Error(decoded.error);
    const { event, subject, workload } = decoded;
    seen.push({
      kind: KINDS.find((kind) => kind.id === event.kind)!.name,
      flags: view.getUint32(start + RECORD.flags, true),
      subject,
      workload,
      token: view.getBigUint64(start + RECORD.token, true),
      time: event.time,
      values: Object.fromEntries(
        [...event.values].map(([id, value]) => [FIELDS.find((field) => field.id === id)!.name, value]),
      ),
    });
    at = start + ((length + RING.align - 1) & -RING.align);
  }
  return seen;
};

const cgroupRoot = (): string => /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))![1];

export class Watched {
  readonly cgroup = mkdtempSync(join(cgroupRoot(), 'lictor-test-'));
  readonly cgroupId = statSync(this.cgroup, { bigint: true }).ino;
  /** A folder that the child may change, as the kernel names it. */
  readonly folder: string;
  readonly sensors: Sensors;
  readonly ring: Ring;

  constructor(options: SensorOptions, base: string) {
    this.folder = realpathSync(mkdtempSync(join(base, 'lictor-test-')));
    this.sensors = must(attachSensors(options), 'sensors');
    this.ring = must(openRing(this.sensors.ringFd, this.sensors.ringBytes), 'ring');
    const error = this.sensors.watch(this.cgroup);
    if (error) throw new Error(kernelErrorText(error));
  }

  /** Runs a program in the cgroup to its end; its working directory is `folder`. */
  run(command: string, args: readonly string[] = []): { status: number | null; stdout: string; stderr: string } {
    const enter = `echo $$ > "$0/cgroup.procs"; exec "$@"`;
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', enter, this.cgroup, command, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  python(text: string): void {
    const { status, stderr } = this.run('/usr/bin/python3', ['-S', '-c', text]);
    if (status !== 0) throw new Error(stderr);
  }

  /** Everything that is in the ring. */
  span(): Uint8Array {
    const into = new Uint8Array(this.sensors.ringBytes + LIMITS.recordBytes.value);
    let length = 0;
    for (let more = 1; more > 0; length += more) more = this.ring.drain(into.subarray(length));
    const span = into.subarray(0, length);
    settleQueries(span);
    return span;
  }

  records(): Seen[] {
    return readSpan(this.span());
  }

  close(): void {
    this.ring.close();
    this.sensors.close();
    rmdirSync(this.cgroup);
    // node's own removal cannot go below a path of 4,096 bytes
    spawnSync('rm', ['-rf', this.folder]);
  }
}

/**
 * Runs with a watched cgroup, which is gone afterwards.
 *
 * @param base where the child's folder is made
 */
export const watching = (options: SensorOptions, run: (watched: Watched) => void, base = tmpdir()): void => {
  const watched = new Watched(options, base);
  try {
    run(watched);
  } finally {
    watched.close();
  }
};
