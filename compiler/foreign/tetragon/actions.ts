/** `matchActions`: what becomes of an operation. */
import { DEFAULT_ERRNO, ERRNOS } from '../../../vm/spec/verdict.ts';
import type { Located, LocatedScalar } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { get, itemsOf, textOf } from '../read.ts';
import type { Findings } from './findings.ts';
import { KEYS } from './keys.ts';
import { parseNumber } from './numbers.ts';

/** What a selector does: nothing, an event, an operation that fails, or a process that ends as well. */
export interface Effect {
  readonly is: 'none' | 'report' | 'deny' | 'kill';
  /** Error of the operation; undefined: the default. */
  readonly errno?: string;
  /** Of a report, in our words. */
  readonly rateLimit?: string;
}

const NAMES = [
  'Post',
  'NoPost',
  'Sigkill',
  'Signal',
  'Override',
  'GetUrl',
  'DnsLookup',
  'TrackSock',
  'UntrackSock',
  'NotifyEnforcer',
  'CleanupEnforcerNotification',
  'Set',
] as const;
type ActionName = (typeof NAMES)[number];
const ACTIONS: Readonly<Record<string, ActionName>> = Object.fromEntries(
  NAMES.flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
);

const SIGKILL = 9n;
/** Parameters that add to an event. */
const EXTRAS = ['kernelStackTrace', 'userStackTrace', 'imaHash'];
/** Of `rateLimitScope`. We do not tell the threads of a process apart, and a policy counts for each workload. */
const RATE_LIMIT_SCOPES = { thread: '', process: '', global: ' per workload' } as const;

/**
 * All actions of a selector together; without one an event is posted.
 * @returns undefined where it would be another effect here, which is said
 */
export function readActions(nodes: readonly Located[], findings: Findings): Effect | undefined {
  const parts = nodes.map((node) => readAction(node, findings));
  if (parts.includes(undefined)) return undefined;
  const effects = parts as readonly Effect[];
  const errno = effects.find((effect) => effect.errno !== undefined)?.errno;
  const strongest = (['kill', 'deny'] as const).find((is) => effects.some((effect) => effect.is === is));
  const silent = nodes.find((_, n) => effects[n].is === 'none');
  const limited = effects.findIndex(({ rateLimit }) => rateLimit !== undefined);
  if (strongest === undefined) {
    if (silent !== undefined) return { is: 'none' };
    return limited < 0 ? { is: 'report' } : { is: 'report', rateLimit: effects[limited].rateLimit };
  }
  if (limited >= 0) {
    findings.dropped(
      headOf(nodes[limited]),
      '`rateLimit` beside an action that enforces: what is refused is always recorded',
    );
  }
  if (silent !== undefined) {
    findings.dropped(headOf(silent), '`NoPost` beside an action that enforces: what is refused is always recorded');
  }
  return errno === undefined || errno === DEFAULT_ERRNO ? { is: strongest } : { is: strongest, errno };
}

const SILENT: readonly string[] = ['nopost', 'tracksock', 'untracksock'];

/** Whether a hook neither reports nor refuses anything: it only keeps track of sockets, which events of ours have anyway. */
export function isSilent(hook: Located): boolean {
  const selectors = itemsOf(get(hook, 'selectors'));
  return (
    selectors.length > 0 &&
    selectors.every((selector) => {
      const actions = itemsOf(get(selector, 'matchActions')).map(
        (one) => textOf(get(one, 'action'))?.toLowerCase() ?? '',
      );
      return actions.includes('nopost') && actions.every((action) => SILENT.includes(action));
    })
  );
}

function readAction(node: Located, findings: Findings): Effect | undefined {
  findings.keys(node, KEYS.action);
  const action = get(node, 'action');
  if (action === undefined) {
    findings.missing(node, 'action');
    return undefined;
  }
  const name = findings.word(action, 'action', ACTIONS);
  switch (name) {
    case undefined:
      return undefined;
    case 'Post':
      dropExtras(node, findings);
      return { is: 'report', ...rateLimitOf(node, findings) };
    case 'NoPost':
      return { is: 'none' };
    case 'Sigkill':
      return { is: 'kill' };
    case 'Signal':
      return numberOf(node, 'argSig', findings) === SIGKILL ? { is: 'kill' } : refuseSignal(node, findings);
    case 'Override':
      return { is: 'deny', errno: errnoOf(node, findings) };
    case 'NotifyEnforcer':
      return enforce(node, findings);
    case 'Set':
      findings.refuse(headOf(node), '`Set` writes into a program, which Lictor does not');
      return undefined;
    default:
      findings.dropped(headOf(node), `\`${name}\` is not carried over`, HELP[name]);
      return { is: 'report' };
  }
}

const HELP: Partial<Record<ActionName, string>> = {
  GetUrl: 'the record of the match goes to the sinks; let one of them ask the address',
  DnsLookup: 'the record of the match goes to the sinks; let one of them ask for the name',
  TrackSock: 'events of sockets always have their process',
  UntrackSock: 'events of sockets always have their process',
};

function dropExtras(node: Located, findings: Findings): void {
  for (const key of EXTRAS) {
    const value = get(node, key);
    if (value === undefined || (value.is === 'scalar' && (value.value === false || value.text === ''))) continue;
    findings.dropped(headOf(value), `\`${key}\` is not carried over`);
  }
}

/** A number of seconds, or with a unit. */
const PERIOD = /^(0*[1-9][0-9]{0,4})([smh]?)$/;

function rateLimitOf(node: Located, findings: Findings): { rateLimit?: string } {
  const value = get(node, 'rateLimit');
  const scope = get(node, 'rateLimitScope');
  if (value === undefined || (value.is === 'scalar' && value.text === '')) {
    if (scope !== undefined) findings.dropped(headOf(scope), '`rateLimitScope` without `rateLimit`');
    return {};
  }
  const whose = scope === undefined ? '' : findings.word(scope, 'rateLimitScope', RATE_LIMIT_SCOPES);
  const period = value.is === 'scalar' ? PERIOD.exec(value.text) : null;
  if (period === null) {
    findings.wrong(value, 'rateLimit', 'a time such as `30s`, `5m` or `1h`');
    return {};
  }
  return { rateLimit: `${Number(period[1])}${period[2] || 's'}${whose ?? ''}` };
}

function enforce(node: Located, findings: Findings): Effect | undefined {
  const signal = numberOf(node, 'argSig', findings);
  if (signal === undefined || signal === 0n) return { is: 'deny', errno: errnoOf(node, findings) };
  if (signal !== SIGKILL) return refuseSignal(node, findings);
  return get(node, 'argError') === undefined ? { is: 'kill' } : { is: 'kill', errno: errnoOf(node, findings) };
}

function refuseSignal(node: Located, findings: Findings): undefined {
  const signal = get(node, 'argSig');
  const what = signal?.is === 'scalar' ? `signal ${signal.text} is not` : 'no signal is';
  findings.refuse(headOf(signal ?? node), `${what} sent: a process can only be killed`, 'use signal 9, or `Override`');
}

/** Errors are given as the kernel returns them, negative. */
function errnoOf(node: Located, findings: Findings): string {
  const number = numberOf(node, 'argError', findings) ?? 0n;
  const found = Object.entries(ERRNOS).find(([, errno]) => BigInt(errno) === -number);
  if (found !== undefined) return found[0];
  const help = 'the operation fails with EPERM';
  const what = number < 0n ? `error ${-number} is none that Lictor answers with` : `\`argError\` ${number} is no error`;
  findings.dropped(headOf(get(node, 'argError') ?? node), what, help);
  return DEFAULT_ERRNO;
}

function numberOf(node: Located, key: string, findings: Findings): bigint | undefined {
  const value = get(node, key);
  if (value === undefined) return undefined;
  const number = value.is === 'scalar' ? parseNumber((value as LocatedScalar).text) : undefined;
  if (number === undefined) findings.wrong(value, key, 'a whole number');
  return number;
}
