/** `lictor run`: one workload under the verdicts of a bundle. */
import { hostname } from 'node:os';
import type { Bundle } from '../../vm/bundle/index.ts';
import { fieldByName, kindById, type Value } from '../../vm/event/index.ts';
import type { Redact } from '../../vm/event/redact.ts';
import type { Action } from '../../vm/spec/index.ts';
import { ruleChecks } from '../enforcers/filter/rules.ts';
import { unaskedKinds } from '../enforcers/unasked.ts';
import { needsOf } from '../enforcers/needs.ts';
import type { Report } from '../enforcers/report.ts';
import { WORKLOAD_KEY } from '../enforcers/config.ts';
import type { Sink } from '../sinks/sink.ts';
import { workloadFacts, workloadRecord } from '../workloads/facts.ts';
import { NOT_GUARDED, type LaunchOptions } from './launch.ts';
import { parseNetworks } from './networks.ts';
import { liveRecords } from './records.ts';
import { lacking } from './requirements.ts';
import { findUser } from './users.ts';
import { supervise, type WorkloadHandle } from './supervise.ts';

export { NOT_GUARDED } from './launch.ts';
export { recordTrace, type RecordOptions } from './record.ts';
export { lacking } from './requirements.ts';
export type { WorkloadHandle } from './supervise.ts';

export interface RunOptions {
  readonly bundle: Bundle;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Facts of the workload by short name, field or label: `{namespace: 'payments', app: 'api'}`. */
  readonly scope?: Readonly<Record<string, string>>;
  readonly sink: Sink;
  /** Wait for all processes, not for the first one only. */
  readonly waitAll?: boolean;
  /** Whom the workload runs as: NAME or UID, with an optional :GROUP; absent: as Lictor. */
  readonly user?: string | undefined;
  /** Networks that an isolated workload still reaches, in CIDR notation. */
  readonly management?: readonly string[];
  /** `notable` (default): all but plain allows. */
  readonly records?: 'notable' | 'all';
  /** What is done to an event before it is written; absent or null: nothing. */
  readonly redact?: Redact | null;
  readonly stdio?: LaunchOptions['stdio'];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Something is weaker than asked for, in words. */
  readonly onNotice?: (text: string) => void;
  readonly onStart?: (workload: WorkloadHandle) => void;
}

export interface RunResult {
  /** The workload's own, 128+n for a signal; `NOT_GUARDED` where `error` says why it was not started or guarded. */
  readonly exitCode: number;
  readonly error: string | null;
  /** Records that were written. */
  readonly records: number;
  /** Events that the kernel had no room for, by kind name. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Actions that rules and defaults of a bundle can give. */
const actionsOf = ({ manifest, normal }: Bundle): ReadonlySet<Action> =>
  new Set([
    ...manifest.rules.map((rule) => rule.action),
    ...normal.policies.flatMap((policy) => Object.values(policy.defaults)),
  ]);

/** Names of the kinds of which an enforcing policy can refuse operations. */
const refusedBy = ({ normal }: Bundle): ReadonlySet<string> => {
  const refuses = (action: Action): boolean => action !== 'allow' && action !== 'audit';
  const ids = normal.policies
    .filter(({ mode }) => mode === 'enforce')
    .flatMap(({ rules, defaults }) => [
      ...rules.filter(({ action }) => refuses(action)).flatMap(({ kinds }) => kinds),
      ...Object.entries(defaults).flatMap(([kind, action]) => (refuses(action) ? [Number(kind)] : [])),
    ]);
  return new Set(ids.map((id) => kindById(id)!.name));
};

const CONTAINER = fieldByName('container.id')!.id;

/**
 * The bundle's cover, null where decisions cannot be kept in the kernel: every operation is to be recorded, or the workload
 * is a container that may be unknown, so that policies are assumed, which each record has to say.
 */
const coverOf = ({ bundle, records }: RunOptions, facts: ReadonlyMap<number, Value>): Uint8Array | null =>
  bundle.cover.length === 0 || records === 'all' || facts.has(CONTAINER) ? null : bundle.cover;

/**
 * Launches a workload under a bundle and waits for its end. To be called in the main thread; never throws for what
 * the machine or the user lacks.
 */
export const runWorkload = async (options: RunOptions): Promise<RunResult> => {
  const refuse = (error: string): RunResult => ({ exitCode: NOT_GUARDED, error, records: 0, lost: {} });
  const lacks = lacking();
  if (lacks.length > 0) return refuse(`cannot guard a workload here; what lacks: ${lacks.join('; ')}`);
  const facts = workloadFacts(options.scope ?? {}, hostname());
  if ('error' in facts) return refuse(facts.error);
  const found = options.user === undefined ? null : findUser(options.user);
  if (found && 'error' in found) return refuse(found.error);
  const networks = parseNetworks(options.management ?? []);
  if ('error' in networks) return refuse(networks.error);

  const notice = options.onNotice ?? (() => {});
  const lost: Record<string, number> = {};
  const records = liveRecords(options.bundle, facts.values, options.sink, options.redact ?? null);
  const hear = (report: Report): void => {
    if (report.type === 'verdict') records.write(report);
    else if (report.type === 'lost') lost[report.kind] = (lost[report.kind] ?? 0) + report.count;
    else if (report.type === 'notice') notice(report.text);
  };
  let unrecorded: string | null = null;
  const cover = coverOf(options, facts.values);
  const { exitCode, error } = await supervise({
    program: options.bundle.program,
    cover,
    needs: {
      ...needsOf(options.bundle.manifest, actionsOf(options.bundle), cover !== null, refusedBy(options.bundle)),
      unasked: unaskedKinds(options.bundle.normal, options.records === 'all'),
    },
    command: options.command,
    waitAll: options.waitAll ?? false,
    ...(found && { user: found.user }),
    syscalls: [],
    rules: ruleChecks(options.bundle.normal, facts.values, options.records === 'all'),
    workload: workloadRecord(facts.values, BigInt(WORKLOAD_KEY)),
    management: networks.networks,
    reportAll: options.records === 'all',
    trace: false,
    stdio: options.stdio ?? ['inherit', 'inherit', 'inherit'],
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    onNotice: notice,
    onReport: hear,
    onStart: (workload) => {
      // what cannot be recorded must not go on: `audit` and `observe` promise a record
      void options.sink.broken?.then((reason) => {
        unrecorded = reason;
        workload.stop();
      });
      options.onStart?.(workload);
    },
  });
  return unrecorded === null
    ? { exitCode, error, records: records.count, lost }
    : { exitCode: NOT_GUARDED, error: unrecorded, records: records.count, lost };
};
