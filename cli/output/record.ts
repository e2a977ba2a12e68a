/** Verdict records for people: a line each. */
import { KINDS } from '../../vm/spec/index.ts';
import { ofAction, type Style } from './style.ts';
import { printable } from './text.ts';

/** What a line shows of a verdict record (docs/semantics.md, "A verdict record"). */
export interface Shown {
  readonly action: string;
  readonly effect: string;
  readonly policy: string | null;
  readonly rule: string | null;
  readonly default: boolean;
  readonly severity: string | null;
  readonly message: string | null;
  readonly would: { readonly action: string; readonly policy: string | null; readonly rule: string | null } | null;
  readonly degraded: string | null;
}

const KIND_WIDTH = Math.max(...KINDS.map((kind) => kind.name.length));

/** @returns `policy/rule`, `policy (default)`, or `no rule` */
export const decider = (verdict: { policy: string | null; rule: string | null }): string =>
  verdict.policy === null
    ? 'no rule'
    : verdict.rule === null
      ? `${verdict.policy} (default)`
      : `${verdict.policy}/${verdict.rule}`;

type Tree = Readonly<Record<string, unknown>>;

/** @param event its JSON form @returns what it is about, in a word: a path, an address, a name */
export function objectOf(event: object): string {
  const { proc, file, net, cap, syscall, kind } = event as Record<string, Tree | undefined> & { kind?: unknown };
  const address = (ip: unknown, port: unknown): string =>
    ip === undefined
      ? ''
      : `${String(ip).includes(':') ? `[${String(ip)}]` : String(ip)}${port === undefined ? '' : `:${String(port)}`}`;
  if (file?.path !== undefined) return String(file.path);
  if (net)
    return (
      String(net.domain ?? net.path ?? '') ||
      address(net.remote_ip, net.remote_port) ||
      address(net.local_ip, net.local_port) ||
      '-'
    );
  if (cap?.name !== undefined) return String(cap.name);
  if (String(kind) === 'syscall') return String(syscall?.name ?? syscall?.nr ?? '-');
  return String(proc?.path ?? proc?.name ?? '-');
}

/**
 * @param event JSON form of the event
 * @returns `deny     exec          /usr/bin/dash  by web/no-shells (high): …`, without a newline
 */
export function recordLine(record: Shown, event: object, style: Style): string {
  const kind = String((event as { kind?: unknown }).kind ?? '-');
  const parts = [
    ofAction(style, record.action)(record.action.padEnd(7)),
    kind.padEnd(KIND_WIDTH),
    printable(objectOf(event)),
    style.faint(`by ${decider(record)}`) + (record.severity ? style.faint(` (${record.severity})`) : ''),
  ];
  if (record.would) parts.push(style.warn(`would ${record.would.action} by ${decider(record.would)}`));
  if (record.degraded) parts.push(style.warn(`degraded: ${record.degraded}`));
  if (record.message) parts.push(printable(record.message));
  return parts.join('  ');
}
