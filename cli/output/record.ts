/** Verdict records for people: a line each, in columns. */
import { decider, object } from '../../shim/sinks/lines.ts';
import type { VerdictRecord } from '../../vm/host/verdict-record.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { ACTIONS } from '../../vm/spec/verdict.ts';
import { ofAction, type Style } from './style.ts';
import { printable } from './text.ts';

const widest = (names: readonly string[]): number => Math.max(...names.map((name) => name.length));
const ACTION_WIDTH = widest(ACTIONS);
const KIND_WIDTH = widest(KINDS.map(({ name }) => name));

/**
 * @param event JSON form of the event
 * @returns `deny     exec           /usr/bin/dash  web/no-shells (high)  nginx tried to …`, without a newline
 */
export function recordLine(record: VerdictRecord, event: object, style: Style): string {
  const kind = String((event as { readonly kind?: unknown }).kind);
  const parts = [
    ofAction(style, record.action)(record.action.padEnd(ACTION_WIDTH)),
    kind.padEnd(KIND_WIDTH),
    object(event as Readonly<Record<string, unknown>>),
    style.faint(`${decider(record.policy, record.rule)}${record.severity ? ` (${record.severity})` : ''}`),
  ];
  const { would } = record;
  if (would) parts.push(style.warn(`would ${would.action}: ${decider(would.policy, would.rule)}`));
  if (record.matches.length > 0) {
    parts.push(style.warn(`noted: ${record.matches.map(({ policy, rule }) => decider(policy, rule)).join(', ')}`));
  }
  if (record.message !== null) parts.push(printable(record.message));
  return parts.join('  ');
}
