/** `lictor record -- CMD`: a workload observed, every event written to a trace, nothing decided. */
import { hostname, release } from 'node:os';
import type { Writable } from 'node:stream';
import { KINDS } from '../../vm/spec/index.ts';
import { WORKLOAD_KEY } from '../enforcers/config.ts';
import { observing } from '../enforcers/needs.ts';
import type { Report } from '../enforcers/report.ts';
import { TraceWriter } from '../trace/writer.ts';
import { workloadFacts, workloadRecord } from '../workloads/facts.ts';
import { NOT_GUARDED, type LaunchOptions } from './launch.ts';
import { lacking } from './requirements.ts';
import { findUser } from './users.ts';
import { supervise } from './supervise.ts';

export interface RecordOptions {
  readonly command: readonly string[];
  /** Where the trace goes; stays open. */
  readonly output: Writable;
  readonly scope?: Readonly<Record<string, string>>;
  /** Kind names; absent: all that this kernel can show. */
  readonly kinds?: readonly string[];
  /** Numbers of system calls to record as the kind `syscall`; absent: none. */
  readonly syscalls?: readonly number[];
  /** Record environments of programs (`proc.env`) too; default: no, because they can hold secrets. */
  readonly environment?: boolean;
  readonly waitAll?: boolean;
  /** Whom the workload runs as: NAME or UID, with an optional :GROUP; absent: as Lictor. */
  readonly user?: string | undefined;
  readonly stdio?: LaunchOptions['stdio'];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly onNotice?: (text: string) => void;
}

export interface RecordResult {
  readonly exitCode: number;
  readonly error: string | null;
  /** Records in the trace. */
  readonly records: number;
  /** Events that the kernel had no room for, by kind name. */
  readonly lost: Readonly<Record<string, number>>;
}

/** To be called in the main thread; never throws for what the machine or the user lacks. */
export const recordTrace = async (options: RecordOptions): Promise<RecordResult> => {
  const refuse = (error: string): RecordResult => ({ exitCode: NOT_GUARDED, error, records: 0, lost: {} });
  const lacks = lacking();
  if (lacks.length > 0) return refuse(`cannot observe a workload here; what lacks: ${lacks.join('; ')}`);
  const facts = workloadFacts(options.scope ?? {}, hostname());
  if ('error' in facts) return refuse(facts.error);
  const found = options.user === undefined ? null : findUser(options.user);
  if (found && 'error' in found) return refuse(found.error);

  const kinds = options.kinds ?? KINDS.map((kind) => kind.name);
  const trace = new TraceWriter(options.output, {
    time: new Date().toISOString(),
    host: hostname(),
    kernel: release(),
    command: options.command,
    kinds,
  });
  const workload = workloadRecord(facts.values, BigInt(WORKLOAD_KEY));
  trace.write({ type: 'workload', key: BigInt(WORKLOAD_KEY), bytes: workload });

  const notice = options.onNotice ?? (() => {});
  const lost: Record<string, number> = {};
  const hear = (report: Report): void => {
    if (report.type === 'entry') trace.write({ type: report.entry, key: report.key, bytes: report.bytes });
    else if (report.type === 'lost') lost[report.kind] = (lost[report.kind] ?? 0) + report.count;
    else if (report.type === 'notice') notice(report.text);
  };
  const { exitCode, error } = await supervise({
    program: null,
    cover: null,
    needs: observing(kinds, options.environment ?? false),
    command: options.command,
    waitAll: options.waitAll ?? false,
    ...(found && { user: found.user }),
    syscalls: options.syscalls ?? [],
    rules: new Map(),
    workload,
    management: [],
    reportAll: false,
    trace: true,
    stdio: options.stdio ?? ['inherit', 'inherit', 'inherit'],
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    onNotice: notice,
    onReport: hear,
  });
  if (Object.keys(lost).length > 0) trace.write({ type: 'lost', key: 0n, bytes: Buffer.from(JSON.stringify(lost)) });
  return { exitCode, error, records: trace.records, lost };
};
