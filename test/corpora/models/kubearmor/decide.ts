/**
 * What KubeArmor decides: the lookups of its BPF-LSM enforcer for Allow and Block, the globs as AppArmor documents them, and the
 * alerts of its monitor for Audit, which the enforcer does not see.
 */
import ipaddr from 'ipaddr.js';
import { baseName, type ModelDecision, type ModelEvent, type Unclear } from '../event.ts';
import { globMatches } from './glob.ts';
import type { Class, Entry, Flow, Policy } from './policies.ts';
import { applies } from './scope.ts';

/** What becomes of an operation of a class that has an Allow and that nothing matches. Processes follow `file`. */
export interface Posture {
  readonly file: 'allow' | 'audit' | 'block';
  readonly network: 'allow' | 'audit' | 'block';
  readonly capabilities: 'allow' | 'audit' | 'block';
}

export const AUDIT: Posture = { file: 'audit', network: 'audit', capabilities: 'audit' };

class Doubt extends Error {}

/**
 * @param policies in the order in which they were given
 * @param event of which the policies of its workload count
 * @returns the effect; `policy` is null where the posture decides; `matched` are the policies that alone would do the same
 */
export const decide = (policies: readonly Policy[], event: ModelEvent, posture = AUDIT): ModelDecision | Unclear => {
  const inScope = policies.filter((policy) => applies(policy, event));
  const doubt = inScope.find(({ unclear }) => unclear !== null);
  if (doubt) return { unclear: doubt.unclear! };
  try {
    const packets = firewall(inScope, event, posture);
    if (packets?.effect === 'deny') return packets;
    const programs = entriesDecide(inScope, event, posture);
    return packets?.effect === 'audit' && programs.effect === 'allow' ? packets : programs;
  } catch (error) {
    if (error instanceof Doubt) return { unclear: error.message };
    throw error;
  }
};

const CLASSES: readonly [RegExp, Class][] = [
  [/^exec$/, 'process'],
  [/^file\./, 'file'],
  [/^net\.dns$/, 'dns'],
  [/^net\.(connect|accept|send)$/, 'network'],
  [/^cap$/, 'capability'],
  [/^syscall$/, 'syscall'],
];

const entriesDecide = (policies: readonly Policy[], event: ModelEvent, posture: Posture): ModelDecision => {
  const kind = CLASSES.find(([kinds]) => kinds.test(event.kind))?.[1];
  const entries = policies.flatMap((policy) => policy.entries.filter((entry) => entry.class === kind));
  if (event.kind === 'file.map_exec' && entries.length > 0) throw new Doubt('no hook of theirs');
  const audited = entries.filter((entry) => (kind === 'syscall' || entry.action === 'Audit') && alerts(entry, event));
  const enforced = kind === 'syscall' ? [] : entries.filter(({ action }) => action !== 'Audit');
  const hit = lookUp(enforced, event);
  const alike = hit
    ? enforced.filter((entry) => about(entry, event) && denies(entry, event) === denies(hit, event))
    : [];
  const matched = [...new Set([...alike, ...audited].map(({ policy }) => policy))];
  if (hit && denies(hit, event)) return { effect: 'deny', policy: hit.policy, matched };
  const listed = !hit && enforced.some(({ action }) => action === 'Allow');
  const falls = listed ? posture[POSTURES[kind!] ?? 'network'] : 'allow';
  if (falls === 'block') return { effect: 'deny', policy: null, matched };
  if (audited.length > 0) return { effect: 'audit', policy: audited[0].policy, matched };
  return { effect: falls, policy: hit?.policy ?? null, matched };
};

const POSTURES: { readonly [kind in Class]?: keyof Posture } = {
  process: 'file',
  file: 'file',
  capability: 'capabilities',
};

/** The executable that asks: of an exec the parent's, else the process's own. */
const sourceOf = ({ kind, proc }: ModelEvent): string | undefined => (kind === 'exec' ? proc?.ppath : proc?.path);

/** The path, name or domain that the event is about. */
const objectOf = ({ kind, proc, file, net, cap }: ModelEvent): string =>
  (kind === 'exec' ? proc?.path : kind === 'net.dns' ? net?.domain : (file?.path ?? net?.protocol ?? cap?.name)) ?? '';

/** The first of their lookups that finds something; a key that was written twice has what was written last. */
const lookUp = (entries: readonly Entry[], event: ModelEvent): Entry | undefined => {
  const object = objectOf(event);
  const from = sourceOf(event);
  const sources = from === undefined ? [null] : [from, null];
  if (!/^(exec$|file\.)/.test(event.kind)) {
    const named = (name: string, source: string | null): Entry | undefined =>
      entries.findLast((entry) => entry.value === name && entry.source === source);
    return firstOf(sources, (source) => firstOf(keys(event, object), (key) => named(key, source)));
  }
  const found = firstOf(sources, (source) =>
    lookUpPath(
      entries.filter((entry) => entry.source === source),
      object,
    ),
  );
  return withPatterns(found, entries, event, object);
};

/** Among entries of one source: the path, the name of the program, the deepest directory. The directory itself counts as a path. */
const lookUpPath = (entries: readonly Entry[], path: string): Entry | undefined => {
  const directories = entries.filter((entry) => entry.by === 'directory' && within(entry, path));
  const deepest = Math.max(...directories.map(({ value }) => value.length));
  return (
    entries.findLast(
      ({ by, value }) => (by === 'path' && value === path) || (by === 'directory' && value === `${path}/`),
    ) ??
    entries.findLast(({ by, value }) => by === 'execname' && value === baseName(path)) ??
    directories.findLast(({ value }) => value.length === deepest)
  );
};

const firstOf = <T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Names under which a rule may stand: a domain also matches those below it. `all` is every type of socket. */
const keys = (event: ModelEvent, object: string): string[] => {
  if (event.kind === 'cap') return [object];
  if (event.kind !== 'net.dns') return object === 'raw' ? ['raw', 'all'] : ['all', object];
  const labels = object.toLowerCase().replace(/\.$/, '').split('.');
  return labels.map((_, i) => labels.slice(i).join('.'));
};

/** Only AppArmor knows globs, and it has no order: where they and the other entries disagree, nobody says who wins. */
const withPatterns = (
  found: Entry | undefined,
  entries: readonly Entry[],
  event: ModelEvent,
  object: string,
): Entry | undefined => {
  const globs = entries.filter(({ by, value }) => by === 'pattern' && globMatches(value, object));
  const all = found ? [found, ...globs] : globs;
  if (new Set(all.map((entry) => denies(entry, event))).size > 1) throw new Doubt('a glob and another entry disagree');
  return found ?? globs.at(-1);
};

/** A directory without `recursive` holds what lies directly in it. */
const within = ({ value, recursive }: Entry, path: string): boolean =>
  path.startsWith(value) && path.length > value.length && (recursive || !path.slice(value.length).includes('/'));

/** Their enforcer compares the real user id with the owner of the file that is opened or executed. */
const owns = ({ kind, file, proc }: ModelEvent): boolean => {
  const owner = kind === 'exec' ? proc?.file_owner_uid : file?.owner_uid;
  if (owner === undefined || proc?.uid === undefined) throw new Doubt('the owner is not known');
  return owner === proc.uid;
};

/** Whether an entry that was found refuses the operation: owner, then terminal, then read-only, then its action. */
const denies = (entry: Entry, event: ModelEvent): boolean => {
  const { allowedArgs, ownerOnly, readOnly, noTerminal, action } = entry;
  if (allowedArgs.length > 0) {
    const args = event.proc?.args?.slice(1) ?? [];
    if (args.length === 0) throw new Doubt('allowedArgs without an argument');
    if (args.every((arg) => allowedArgs.includes(arg))) return false;
  }
  if (ownerOnly && event.kind === 'file.create') throw new Doubt('the owner of the directory counts');
  if (ownerOnly && !owns(event)) return true;
  if (readOnly && event.kind === 'file.read') return false;
  if (readOnly && event.kind !== 'file.write' && (ownerOnly || action === 'Allow')) {
    throw new Doubt('read-only: their document refuses what changes a path, their program does not');
  }
  if (readOnly) return true;
  if (ownerOnly) return false;
  if (noTerminal) return event.proc?.interactive === true;
  return action === 'Block';
};

/** Whether their monitor writes an alert for an Audit entry, or for a system call under any. */
const alerts = (entry: Entry, event: ModelEvent): boolean => {
  if (entry.class === 'syscall') return calls(entry, event);
  if (!about(entry, event)) return false;
  const { ownerOnly, readOnly, noTerminal } = entry;
  if (readOnly || ownerOnly) return (readOnly && event.kind !== 'file.read') || (ownerOnly && !owns(event));
  return !noTerminal || event.proc?.interactive === true;
};

/** Whether an entry is about what the event is about, whichever of them is looked up first. */
const about = (entry: Entry, event: ModelEvent): boolean =>
  (entry.source === null || entry.source === sourceOf(event)) && objectMatches(entry, event, objectOf(event));

const objectMatches = (entry: Entry, event: ModelEvent, object: string): boolean => {
  if (entry.by === 'path') return entry.value === object;
  if (entry.by === 'execname') return entry.value === baseName(object);
  if (entry.by === 'directory') return within(entry, object) || entry.value === `${object}/`;
  if (entry.by === 'pattern') return globMatches(entry.value, object);
  return keys(event, object).includes(entry.value);
};

const calls = (
  { value, argument, recursive, source, sourceRecursive }: Entry,
  { syscall, proc }: ModelEvent,
): boolean => {
  const reaches = (place: string, deep: boolean, path: string): boolean =>
    place.endsWith('/') ? path.startsWith(place) && (deep || !path.slice(place.length).includes('/')) : path === place;
  return (
    syscall?.name === value &&
    (argument === '' || reaches(argument, recursive, syscall.sarg0 ?? syscall.sarg1 ?? '')) &&
    (source === null || reaches(source, sourceRecursive, proc?.path ?? ''))
  );
};

/**
 * KubeArmorNetworkPolicies in order, or null where none has a word on the flow. Programs are asked as well: both must let pass.
 * The loopback interface and sockets of the file system are not filtered.
 */
const firewall = (policies: readonly Policy[], event: ModelEvent, { network }: Posture): ModelDecision | null => {
  const address = event.net?.remote_ip;
  if (address === undefined || holds('127.0.0.0/8', address) || holds('::1/128', address)) return null;
  const walls = policies.filter(({ kind }) => kind === 'KubeArmorNetworkPolicy');
  const hit = walls.find((policy) => policy.flows.some((flow) => flows(flow, event)));
  if (hit) {
    const effect = ({ Allow: 'allow', Audit: 'audit', Block: 'deny' } as const)[hit.action];
    return { effect, policy: hit.name, matched: [hit.name] };
  }
  const filtered = /^net\.(accept|connect|send)$/.test(event.kind);
  if (!filtered || !walls.some(({ action }) => action === 'Allow')) return null;
  return { effect: network === 'block' ? 'deny' : network, policy: null, matched: [] };
};

const flows = ({ direction, cidr, protocol, ports }: Flow, { kind, net = {} }: ModelEvent): boolean => {
  const incoming = kind === 'net.accept';
  if (!incoming && kind !== 'net.connect' && kind !== 'net.send') return false;
  const port = incoming ? net.local_port : net.remote_port;
  return (
    (direction === 'ingress') === incoming &&
    (protocol === null || protocol === net.protocol) &&
    (ports === null || (port !== undefined && port >= ports[0] && port <= ports[1])) &&
    (cidr === null || (net.remote_ip !== undefined && holds(cidr, net.remote_ip)))
  );
};

const holds = (cidr: string, address: string): boolean => {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
};
