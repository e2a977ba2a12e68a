/** Records as lines for people: what happened, to what, by whom, and which rule said so. */
import type { Writable } from 'node:stream';
import type { LiveRecord, Sink } from './sink.ts';

type Part = Readonly<Record<string, unknown>>;

/** Control characters of what a process chose must not reach a terminal. */
export const printable = (value: unknown): string =>
  String(value ?? '-').replace(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** What an event (in its JSON form) is about, by its kind. */
export const object = (event: Part): string => {
  const [proc, file, net, call] = ['proc', 'file', 'net', 'syscall'].map((name) => (event[name] ?? {}) as Part);
  const kind = String(event['kind']);
  if (kind === 'exec') return printable(proc['path']);
  if (kind.startsWith('file.')) return printable(file['path']);
  if (kind === 'net.bind' || kind === 'net.listen')
    return printable(net['path'] ?? `${net['local_ip'] ?? '-'} port ${net['local_port'] ?? '-'}`);
  if (kind.startsWith('net.'))
    return printable(net['path'] ?? net['domain'] ?? `${net['remote_ip'] ?? '-'} port ${net['remote_port'] ?? '-'}`);
  if (kind === 'syscall') return printable(call['name'] ?? call['nr']);
  return printable(((event['cap'] ?? {}) as Part)['name']);
};

/** Who decided: the rule, else the default. */
export const decider = (policy: string | null, rule: string | null): string =>
  policy === null ? 'nothing applies' : rule === null ? `default of ${policy}` : `${policy}/${rule}`;

/** @returns one line, without its end */
export const recordLine = (record: LiveRecord, colour: (effect: string, text: string) => string): string => {
  const event = record.event as Part;
  const proc = (event['proc'] ?? {}) as Part;
  const who = printable(String(event['kind']) === 'exec' ? (proc['caller_path'] ?? proc['ppath']) : proc['path']);
  const parts = [
    `lictor: ${colour(record.action, record.action)} ${event['kind']} ${object(event)}`,
    `by ${who} [${proc['pid'] ?? '-'}]`,
    `(${decider(record.policy, record.rule)})`,
  ];
  if (record.would) parts.push(`would ${record.would.action} (${decider(record.would.policy, record.would.rule)})`);
  if (record.message !== null) parts.push(`“${printable(record.message)}”`);
  if (record.degraded !== null) parts.push(`[degraded: ${printable(record.degraded)}]`);
  return parts.join(' ');
};

/**
 * @param stream stays open
 * @param colour of a text by the action; the identity where there are no colours
 */
export const linesSink = (stream: Writable, colour: (action: string, text: string) => string): Sink => ({
  write: (record) => void stream.write(`${recordLine(record, colour)}\n`),
  close: async () => {},
});
