/**
 * What Prisma Cloud does with an event, as its documents say: slow, obvious, and without anything of the frontend. Where the
 * documents are silent it takes the readings of the frontend's README.
 */
import type { Custom, Estate, Expression, Happening, Rule } from './random.ts';

export type Outcome = 'allow' | 'audit' | 'deny' | 'stop';

const ACTIONS: Readonly<Record<string, Outcome>> = { allow: 'allow', alert: 'audit', prevent: 'deny', block: 'stop' };
const WRITES = ['file.write', 'file.create', 'file.delete', 'file.rename', 'file.link'];

/** @param better prevention also of writing files that exist */
export function judge(estate: Estate, event: Happening, better: boolean): Outcome {
  const rule = estate.rules.find((one) => !one.disabled && isInScope(one, estate, event));
  if (rule === undefined) return 'allow';
  for (const { _id, effect } of rule.customRules) {
    const custom = estate.custom.find((one) => one._id === _id)!;
    if (effect !== 'disable' && isAbout(custom, event) && holds(custom.tree, event))
      return outcome(effect, event, better);
  }
  if (event.kind === 'exec') return judgeProcess(rule, estate, event);
  if (WRITES.includes(event.kind)) return judgeWrite(rule, event, better);
  if (event.kind === 'net.dns') return judgeDomain(rule, event);
  return judgeNetwork(rule, event);
}

function outcome(effect: string, { kind, file }: Happening, better: boolean): Outcome {
  const makes =
    kind === 'file.create' || ((kind === 'file.rename' || kind === 'file.link') && file?.['side'] !== 'source');
  return effect === 'prevent' && kind.startsWith('file.') && !makes && !better ? 'audit' : (ACTIONS[effect] ?? 'allow');
}

function isInScope(rule: Rule, { collections }: Estate, event: Happening): boolean {
  if (rule.collections.length === 0) return true;
  return rule.collections.some((name) => {
    const fields = collections[name];
    if (fields === undefined) return true;
    const values: Readonly<Record<string, readonly string[]>> = {
      namespaces: one(event.k8s.namespace),
      clusters: one(event.k8s.cluster),
      containers: [event.container.name],
      hosts: [event.host.name],
      images: imageNames(event.container.image),
      labels: Object.entries(event.k8s.labels ?? {}).map(([key, value]) => `${key}:${value}`),
    };
    return Object.entries(fields).every(([field, patterns]) => selects(patterns, values[field], field === 'images'));
  });
}

const one = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

/** An image by all of its names: with and without the registry of Docker Hub, with and without the tag `latest`. */
function imageNames(image: string): readonly string[] {
  const [first] = image.split('/');
  const official = image.replace(/^docker\.io\/library\//, '');
  const short = official.replace(/^docker\.io\//, '');
  const isHub = short !== image || !image.includes('/') || !/[.:]/.test(first);
  const long = short.includes('/') ? `docker.io/${short}` : `docker.io/library/${short}`;
  return (isHub ? [image, short, long] : [image]).flatMap((name) => {
    const last = name.slice(name.lastIndexOf('/') + 1);
    return last.includes(':') ? [name, name.replace(/:latest$/, '')] : [name, `${name}:latest`];
  });
}

function selects(patterns: readonly string[], values: readonly string[], isImage: boolean): boolean {
  const exempt = patterns.filter((pattern) => pattern.startsWith('-')).map((pattern) => pattern.slice(1));
  const wanted = patterns.filter((pattern) => !pattern.startsWith('-'));
  const found = (pattern: string): boolean =>
    pattern === '*' || values.some((value) => isLike(pattern.toLowerCase(), value.toLowerCase(), isImage));
  if (exempt.some(found)) return false;
  return wanted.length === 0 || wanted.some(found);
}

function isLike(pattern: string, value: string, isImage: boolean): boolean {
  const text = pattern.replace(/^\*|\*$/g, '');
  const [start, end] = [!pattern.startsWith('*'), !pattern.endsWith('*')];
  // The names that only differ in the tag `latest` are for patterns that say how a name ends.
  if (isImage && !end && value.endsWith(':latest') && !text.includes(':') && start) return value.startsWith(text);
  if (start && end) return value === text;
  return start ? value.startsWith(text) : end ? value.endsWith(text) : value.includes(text);
}

const isAbout = ({ type }: Custom, { kind, net }: Happening): boolean =>
  type === 'processes'
    ? kind === 'exec'
    : type === 'filesystem'
      ? WRITES.includes(kind)
      : (kind === 'net.connect' || kind === 'net.send') && net?.['path'] === undefined;

const nameOf = (path: unknown): string | undefined =>
  typeof path === 'string' ? path.slice(path.lastIndexOf('/') + 1) : undefined;

/** The value of an attribute; undefined where the event has none. */
function valueOf(name: string, { proc, file, net }: Happening): string | number | boolean | undefined {
  const path = file?.['path'] as string | undefined;
  const types = (file?.['type'] as readonly string[] | undefined) ?? [];
  const values: Readonly<Record<string, string | number | boolean | undefined>> = {
    'proc.name': nameOf(proc['path']),
    'proc.pname': nameOf(proc['ppath']),
    'proc.path': proc['path'],
    'proc.user': proc['user'],
    'proc.interactive': proc['interactive'],
    'file.path': path,
    'file.dir': path === undefined ? undefined : path.slice(0, path.lastIndexOf('/')) || '/',
    'file.type': ['elf', 'secret', 'folder', 'regular'].find((type) => types.includes(type)),
    'net.outgoing_ip': net?.['remote_ip'] as string | undefined,
    'net.outgoing_port': net?.['remote_port'] as number | undefined,
    'net.private_subnet': /^(10\.|169\.254\.)/.test(String(net?.['remote_ip'])),
  };
  return values[name];
}

function holds(tree: Expression, event: Happening): boolean {
  if ('parts' in tree)
    return tree.op === 'and'
      ? tree.parts.every((part) => holds(part, event))
      : tree.parts.some((part) => holds(part, event));
  if ('of' in tree) return !holds(tree.of, event);
  const value = valueOf(tree.name, event);
  if ('values' in tree) return tree.values.some((wanted) => isEqual(tree.name, value, wanted));
  if ('other' in tree) {
    const other = valueOf(tree.other, event);
    return (value !== undefined && value === other) === (tree.op === '=');
  }
  if (!('value' in tree)) return value === true;
  const { op, name, value: wanted } = tree;
  if (op === '=' || op === '!=') return isEqual(name, value, wanted) === (op === '=');
  if (value === undefined) return false;
  if (op === 'startswith') return String(value).startsWith(String(wanted));
  if (op === 'contains') return String(value).includes(String(wanted));
  const order =
    name === 'net.outgoing_ip' ? compareAddresses(String(value), String(wanted)) : Number(value) - Number(wanted);
  return order !== null && { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[op]!;
}

/** What an event does not have is empty. */
const isEqual = (name: string, value: unknown, wanted: string | number): boolean =>
  name === 'net.outgoing_port' ? value === Number(wanted) : (value ?? (wanted === '' ? '' : undefined)) === wanted;

/** Null for addresses of different families. */
function compareAddresses(a: string, b: string): number | null {
  const isV4 = (text: string): boolean => !text.includes(':');
  if (isV4(a) !== isV4(b)) return null;
  if (!isV4(a)) return a === b ? 0 : a < b ? -1 : 1;
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number(a) - number(b);
}

function judgeProcess({ processes }: Rule, { models }: Estate, event: Happening): Outcome {
  if (processes.disabled) return 'allow';
  const path = String(event.proc['path']);
  const isListed = (entry: string): boolean => {
    if (entry.includes('*')) return path.startsWith(entry.replace('*', ''));
    return entry.includes('/') ? entry === path : entry === nameOf(path);
  };
  const { deniedList, allowedList, defaultEffect } = processes;
  if (deniedList.effect !== 'disable' && deniedList.paths.some(isListed)) return ACTIONS[deniedList.effect];
  const learned = models
    .filter(({ image }) => imageNames(event.container.image).includes(image))
    .flatMap((model) => model.processes);
  const hasModel = models.some(({ image }) => imageNames(event.container.image).includes(image));
  const isKnown = learned.includes(path) || allowedList.some(isListed);
  return (hasModel || allowedList.length > 0) && !isKnown ? (ACTIONS[defaultEffect] ?? 'allow') : 'allow';
}

function judgeWrite({ filesystem }: Rule, event: Happening, better: boolean): Outcome {
  if (filesystem.disabled) return 'allow';
  const path = String(event.file?.['path']);
  const isListed = (entry: string): boolean => {
    const folder = entry.replace(/\/\*$/, '');
    return path === folder || path.startsWith(`${folder}/`);
  };
  const { deniedList, allowedList, defaultEffect } = filesystem;
  if (deniedList.effect !== 'disable' && deniedList.paths.some(isListed))
    return outcome(deniedList.effect, event, better);
  return allowedList.length > 0 && !allowedList.some(isListed) ? outcome(defaultEffect, event, better) : 'allow';
}

function judgeDomain({ dns }: Rule, event: Happening): Outcome {
  const domain = String(event.net?.['domain']);
  const isListed = (entry: string): boolean =>
    entry.startsWith('*.') ? domain.endsWith(entry.replace(/^(\*\.)+/, '.')) : entry === domain;
  const { allowed, denied, effect } = dns.domainList;
  if (effect !== 'disable' && denied.some(isListed)) return ACTIONS[effect];
  return allowed.length > 0 && !allowed.some(isListed) ? (ACTIONS[dns.defaultEffect] ?? 'allow') : 'allow';
}

function judgeNetwork({ network }: Rule, { kind, net }: Happening): Outcome {
  if (net === undefined || net['path'] !== undefined) return 'allow';
  const isIn =
    (port: unknown) =>
    ({ start, end }: { start: number; end: number }) =>
      Number(port) >= start && Number(port) <= end;
  const rest = (isAllowed: boolean, hasList: boolean): Outcome =>
    hasList && !isAllowed ? (ACTIONS[network.defaultEffect] ?? 'allow') : 'allow';
  if (kind === 'net.listen') {
    const { allowed, denied, effect } = network.listeningPorts;
    const isPort = isIn(net['local_port']);
    if (effect !== 'disable' && denied.some(isPort)) return ACTIONS[effect];
    return rest(allowed.some(isPort), allowed.length > 0);
  }
  if (kind !== 'net.connect' && kind !== 'net.send') return 'allow';
  const address = String(net['remote_ip']);
  const isAddress = (entry: string): boolean => (entry.endsWith('/8') ? address.startsWith('10.') : entry === address);
  const { allowed, denied, effect } = network.outboundPorts;
  const isPort = isIn(net['remote_port']);
  if (network.deniedIPsEffect !== 'disable' && network.deniedIPs.some(isAddress))
    return ACTIONS[network.deniedIPsEffect];
  if (effect !== 'disable' && denied.some(isPort)) return ACTIONS[effect];
  return rest(
    network.allowedIPs.some(isAddress) || allowed.some(isPort),
    network.allowedIPs.length + allowed.length > 0,
  );
}
