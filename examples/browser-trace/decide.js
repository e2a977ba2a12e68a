/** Decides on the lines of a trace. It knows nothing of the page. */
import { Action } from 'lictor/vm';
import { encodeRecord, eventToJson, parseEventLine, verdictRecord } from 'lictor/events';

/** Lines between two looks at the page. */
const SLICE = 2000;

/**
 * @typedef {{line: number, kind: string, program: string, object: string, action: string, rule: string, message: string}} Row
 * @typedef {{rows: Row[], malformed: {line: number, error: string}[], counts: Map<string, {action: string, rule: string, events: number}>}} Result
 */

/**
 * @param {import('lictor/vm').Host} host
 * @param {string} text the trace: events as JSON, one a line; blank lines are passed over
 * @param {(done: number, lines: number) => Promise<void>} progress is waited for between slices
 * @returns {Promise<Result>}
 */
export async function decideTrace(host, text, progress) {
  const lines = text.split('\n');
  /** @type {Result} */
  const result = { rows: [], malformed: [], counts: new Map() };
  for (const [i, line] of lines.entries()) {
    if (i % SLICE === 0) await progress(i, lines.length);
    if (line.trim() === '') continue;
    const parsed = parseEventLine(line);
    if ('error' in parsed) result.malformed.push({ line: i + 1, error: parsed.error });
    else decide(host, i + 1, parsed.event, result);
  }
  return result;
}

function decide(host, line, event, { rows, counts }) {
  host.evaluate(encodeRecord(event), (vm, i) => {
    const verdict = verdictRecord(host.bundle.manifest, vm.decision(i), event);
    const action = Object.keys(Action)[vm.action(i)];
    const rule = verdict.rule
      ? `${verdict.policy}/${verdict.rule}`
      : verdict.policy
        ? `${verdict.policy} (default)`
        : '';
    rows.push({ line, ...shown(event), action, rule, message: verdict.message ?? '' });
    const key = `${action} ${rule}`;
    const count = counts.get(key) ?? { action, rule, events: 0 };
    count.events++;
    counts.set(key, count);
  });
}

/** What of an event a row shows. */
function shown(event) {
  const { kind, proc = {}, file, net, syscall, cap } = eventToJson(event);
  const peer =
    net &&
    (net.domain ?? net.path ?? [net.remote_ip, net.remote_port].filter((part) => part !== undefined).join(' port '));
  const object = file?.path ?? peer ?? syscall?.name ?? cap?.name ?? proc.args?.join(' ') ?? '';
  return { kind, program: proc.path ?? proc.name ?? '', object };
}
