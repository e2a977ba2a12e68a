/** What `run` and `record` share: the facts of the workload as flags, and the report of lost events. */
import type { Option } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { note, type Io } from '../output/io.ts';
import { quantity } from '../output/text.ts';

export const SCOPE_OPTION = {
  type: 'list',
  value: 'KEY=VALUE,…',
  completes: 'nothing',
  doc: 'facts of the workload that scopes ask for: namespace=payments,app=api; may be repeated',
} as const satisfies Option;

export const WAIT_ALL_OPTION = {
  type: 'flag',
  doc: 'wait for all processes of the workload, not for the first one only',
} as const satisfies Option;

export const USER_OPTION = {
  type: 'text',
  value: 'USER[:GROUP]',
  completes: 'nothing',
  doc: 'run the workload as this user, by name or number, without capabilities; sets HOME, USER and LOGNAME',
} as const satisfies Option;

export const RECORDS_OPTION = {
  type: 'choice',
  choices: ['notable', 'all'],
  default: 'notable',
  doc: 'which records are written: all but plain allows (default), or all',
} as const satisfies Option;

/** @throws Stop where one is not KEY=VALUE or stands twice */
export function scopeFacts(given: readonly string[]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const pair of given.flatMap((text) => text.split(','))) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Stop(Exit.Usage, `\`--scope ${pair}\`: expected KEY=VALUE`);
    const key = pair.slice(0, at);
    if (Object.hasOwn(facts, key)) throw new Stop(Exit.Usage, `\`--scope\`: \`${key}\` is given twice`);
    facts[key] = pair.slice(at + 1);
  }
  return facts;
}

/** Lost events are never passed over in silence. */
export async function reportLost(lost: Readonly<Record<string, number>>, io: Io): Promise<void> {
  for (const [kind, number] of Object.entries(lost)) {
    await note(io, `lictor: ${io.err.style.warn(`lost ${quantity(number, 'event')} of kind ${kind}`)}`);
  }
}
