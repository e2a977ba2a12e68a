/** What a policy of Qualys CRS decides, from its documentation and the readings that the frontend's README chose: the frontend is not used. */
import type { Event, Value } from '../../../vm/event/index.ts';
import { FIELDS, KINDS } from '../../../vm/spec/index.ts';

export type Action = 'ALLOW' | 'DENY' | 'MONITOR';

export interface ModelRule {
  readonly name: string;
  readonly ruleType: 'NETWORK_OUTBOUND' | 'NETWORK_INBOUND' | 'READ' | 'WRITE' | 'SYSCALL';
  readonly action: Action;
  readonly inactive?: boolean;
  readonly program?: string;
  readonly file?: string;
  readonly ipAddress?: string;
  readonly port?: number;
  readonly syscall?: string;
  readonly arg1?: string;
  readonly arg2?: string;
}
export interface ModelPolicy {
  readonly policyMode: 'ACTIVE' | 'PERMISSIVE' | 'INACTIVE';
  readonly defaultNetworkAction: Action;
  readonly defaultFileAction: Action;
  readonly defaultExecuteAction: Action;
  readonly ignoredSyscalls: readonly string[];
  readonly rules: readonly ModelRule[];
}

/** What happens, and whether an event is made of it; for what is refused there always is one. */
export interface Outcome {
  readonly passes: boolean;
  readonly recorded: boolean;
}
const UNTOUCHED: Outcome = { passes: true, recorded: false };

type Facts = (field: string) => Value | undefined;

export function decideByModel(policy: ModelPolicy, event: Event): Outcome {
  const facts: Facts = (name) => event.values.get(FIELDS.find((field) => field.name === name)!.id);
  if (policy.policyMode === 'INACTIVE' || facts('container.id') === undefined) return UNTOUCHED;
  const kind = KINDS.find(({ id }) => id === event.kind)!.name;
  const fallback = defaultOf(policy, kind, facts);
  const matching = policy.rules.filter((rule) => rule.inactive !== true && matches(rule, kind, facts, fallback));
  if (matching.some(({ action }) => action === 'DENY')) return { passes: false, recorded: true };
  const monitored = matching.filter(({ action }) => action === 'MONITOR');
  const recorded = monitored.some(({ syscall }) => !policy.ignoredSyscalls.includes(syscall ?? ''));
  if (matching.length > 0 && fallback === 'DENY') return { passes: true, recorded };
  if (fallback === 'DENY') return { passes: false, recorded: true };
  const allowed = matching.some(({ action }) => action === 'ALLOW');
  return { passes: true, recorded: recorded || (!allowed && fallback === 'MONITOR') };
}

const MODIFYING = ['file.write', 'file.create', 'file.delete', 'file.rename', 'file.link', 'file.attr'];
const isLocal = (facts: Facts): boolean => {
  if (facts('net.family') !== undefined) return facts('net.family') === 'unix';
  return facts('net.remote_ip') === undefined && facts('net.local_ip') === undefined && facts('net.path') !== undefined;
};

function defaultOf(policy: ModelPolicy, kind: string, facts: Facts): Action | null {
  if (kind === 'exec') return policy.defaultExecuteAction;
  if (kind === 'file.read' || MODIFYING.includes(kind)) return policy.defaultFileAction;
  const network = ['net.connect', 'net.send', 'net.accept'].includes(kind) && !isLocal(facts);
  return network ? policy.defaultNetworkAction : null;
}

function matches(rule: ModelRule, kind: string, facts: Facts, fallback: Action | null): boolean {
  const lenient = fallback === 'DENY' && rule.action !== 'DENY';
  const program = (path: string): boolean =>
    [path, ...(lenient || path === 'proc.caller_path' ? [] : ['proc.invoked'])].some((field) =>
      spelt(rule.program ?? '*').some((text) => stars(text, facts(field))),
    );
  const port = (field: string): boolean => !rule.port || facts(field) === BigInt(rule.port);
  const address = (): boolean => rule.ipAddress === '*' || isAddress(rule.ipAddress!, facts('net.remote_ip'));
  const anywhere = rule.ipAddress === '*' && !rule.port;
  switch (rule.ruleType) {
    case 'NETWORK_OUTBOUND':
      if (kind !== 'net.connect' && kind !== 'net.send') return false;
      return program('proc.path') && (anywhere ? !isLocal(facts) : address() && port('net.remote_port'));
    case 'NETWORK_INBOUND':
      if (kind !== 'net.accept') return false;
      return program('proc.path') && (anywhere ? !isLocal(facts) : address() && port('net.local_port'));
    case 'READ':
    case 'WRITE':
      if (!(rule.ruleType === 'READ' ? ['file.read'] : MODIFYING).includes(kind)) return false;
      return program('proc.path') && spelt(rule.file!).some((text) => stars(text, facts('file.path')));
    case 'SYSCALL':
      if (rule.syscall === 'sys_execve') {
        const executed = ['proc.path', ...(lenient ? [] : ['proc.invoked'])];
        const wanted = spelt(rule.arg1 ?? '*');
        return (
          kind === 'exec' &&
          program('proc.caller_path') &&
          executed.some((field) => wanted.some((text) => stars(text, facts(field))))
        );
      }
      if (kind !== 'syscall' || `sys_${String(facts('syscall.name'))}` !== rule.syscall) return false;
      return program('proc.path') && [rule.arg1, rule.arg2].every((text, n) => isArgument(text, n, facts));
  }
}

const spelt = (path: string): string[] => [path, path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/')];

/** `*` is any text, and anything, also what is not known. */
function stars(pattern: string, value: Value | undefined): boolean {
  if (pattern === '*') return true;
  if (typeof value !== 'string') return false;
  const parts = pattern.split('*').map((part) => part.replace(/[^A-Za-z0-9]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(value);
}

function isArgument(text: string | undefined, n: number, facts: Facts): boolean {
  if (text === undefined || text === '*') return true;
  if (/^-?\d+$/.test(text)) {
    const value = facts(`syscall.arg${n}`);
    if (typeof value !== 'bigint') return false;
    return text.startsWith('-') ? BigInt.asIntN(32, value) === BigInt(text) : value === BigInt(text);
  }
  return stars(text, facts(`syscall.sarg${n}`));
}

/** IPv4 alone: its bytes are the last four. */
function isAddress(text: string, value: Value | undefined): boolean {
  if (typeof value !== 'string') return false;
  const [address, bits = '32'] = text.split('/');
  const wanted = address.split('.').map(Number);
  const mapped = value.startsWith('\0'.repeat(10) + '\xff\xff');
  const given = [...value.slice(12)].map((byte) => byte.charCodeAt(0));
  const number = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const width = 2 ** (32 - Number(bits));
  return mapped && Math.floor(number(wanted) / width) === Math.floor(number(given) / width);
}
