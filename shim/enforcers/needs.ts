/** Which kinds and fields a bundle makes the guard look at: nothing else is asked, notified or attached. */
import type { Manifest } from '../../vm/bundle/manifest.ts';
import { SENSOR_KINDS } from '../sensors/index.ts';
import { BOUND, WANTED, type Wanted } from '../sensors/layout.ts';
import type { Action } from '../../vm/spec/index.ts';
import { OPENED } from './unasked.ts';

/** Kinds that are asked without anything being performed for the workload. */
const ASKED: readonly string[] = [
  ...['exec', 'file.read', 'file.write'],
  ...['net.connect', 'net.bind', 'net.send', 'net.listen', 'net.accept'],
  'syscall',
];
const TREE: readonly string[] = ['file.create', 'file.delete', 'file.rename', 'file.link'];
/** Kinds that are asked; every other one comes from a sensor, which can hold it (`queries`). */
const SYNCHRONOUS: readonly string[] = [...ASKED, ...TREE, 'file.attr'];

/** What the kernel holds a program to that is about to run. */
export type Bound = keyof typeof BOUND;
/** The fields that say it. */
const STARTED_WITH: Readonly<Record<Bound, readonly string[]>> = {
  arguments: ['proc.args', 'proc.cmdline'],
  environment: ['proc.env'],
  streams: ['proc.stdin_type', 'proc.stdout_type', 'proc.stderr_type'],
};

/** Fields of a process that change without an exec. */
const IDENTITY = [
  'proc.uid',
  'proc.euid',
  'proc.gid',
  'proc.user',
  'proc.cwd',
  'proc.caps',
  'proc.permitted',
  'proc.vpid',
  'proc.comm',
  'proc.session',
  'proc.group_leader',
];

export interface Needs {
  readonly exec: boolean;
  /** What rules read of what a program that is about to run is started with. */
  readonly bound: readonly Bound[];
  readonly reads: boolean;
  readonly writes: boolean;
  readonly create: boolean;
  readonly delete: boolean;
  readonly rename: boolean;
  readonly link: boolean;
  readonly connect: boolean;
  readonly bind: boolean;
  readonly send: boolean;
  readonly listen: boolean;
  readonly accept: boolean;
  /** DNS queries do not leave before they are decided: an enforcing policy can refuse some. Else they are observed. */
  readonly queries: boolean;
  /** Changes of the tree of files are asked: create, delete, rename, link; and writing, which can create. */
  readonly tree: boolean;
  readonly attr: boolean;
  /** Renames are heard of before they begin, because the kernel keeps decisions about directories (`cache`). */
  readonly renames: boolean;
  /** `file.invoked` is read. */
  readonly invoked: boolean;
  readonly identity: boolean;
  /** Rules read `proc.upper_layer`. */
  readonly programLayer: boolean;
  /** Rules read `file.upper_layer`. */
  readonly objectLayer: boolean;
  /** Somebody asks for the environment of a program that is about to run. */
  readonly environment: boolean;
  /** Somebody asks what the standard streams of a program that is about to run refer to. */
  readonly streams: boolean;
  /** Rules of kind `syscall` read what argument 0 refers to. */
  readonly descriptor: boolean;
  /** Fields that events carry only where somebody reads them. */
  readonly wanted: readonly Wanted[];
  /** Rules of kind `syscall` read strings behind pointers. */
  readonly strings: boolean;
  /** Some rule or default isolates. */
  readonly isolation: boolean;
  /** Kinds whose opens a sensor delivers where fanotify cannot ask about them. The rules say which (`unasked.ts`): here none. */
  readonly unasked: readonly string[];
  /** Kinds that sensors deliver; one that no sensor has is not here, and `doctor` names it. */
  readonly observed: readonly string[];
}

/**
 * @param manifest of the bundle
 * @param actions that its rules and defaults can give
 * @param cached decisions about directories are kept in the kernel
 * @param refused kinds of which an enforcing policy can refuse operations
 */
export const needsOf = (
  manifest: Pick<Manifest, 'kinds' | 'fields'>,
  actions: ReadonlySet<Action>,
  cached = false,
  refused: ReadonlySet<string> = new Set(),
): Needs => {
  const kinds = new Set(manifest.kinds);
  const fields = new Set(manifest.fields);
  const bound = (Object.keys(BOUND) as Bound[]).filter(
    (name) => kinds.has('exec') && STARTED_WITH[name].some((field) => fields.has(field)),
  );
  return {
    exec: kinds.has('exec'),
    bound,
    reads: kinds.has('file.read'),
    writes: kinds.has('file.write'),
    create: kinds.has('file.create'),
    delete: kinds.has('file.delete'),
    rename: kinds.has('file.rename'),
    link: kinds.has('file.link'),
    connect: kinds.has('net.connect'),
    bind: kinds.has('net.bind'),
    send: kinds.has('net.send'),
    listen: kinds.has('net.listen'),
    accept: kinds.has('net.accept'),
    queries: refused.has('net.dns'),
    tree: kinds.has('file.write') || TREE.some((kind) => kinds.has(kind)),
    attr: kinds.has('file.attr'),
    renames: cached,
    invoked: fields.has('file.invoked'),
    identity: IDENTITY.some((field) => fields.has(field)),
    environment: bound.includes('environment'),
    streams: bound.includes('streams'),
    descriptor: fields.has('syscall.fd_type'),
    wanted: (Object.keys(WANTED) as Wanted[]).filter((field) => fields.has(field)),
    programLayer: fields.has('proc.upper_layer'),
    objectLayer: fields.has('file.upper_layer'),
    strings: [...fields].some((field) => field.startsWith('syscall.sarg')),
    isolation: actions.has('isolate'),
    unasked: [],
    observed: SENSOR_KINDS.filter((kind) => kinds.has(kind) && !SYNCHRONOUS.includes(kind)),
  };
};

/**
 * What a recording looks at: the kinds, with all that their events can carry. It changes no call: nothing is performed, and
 * system calls are traced, with their results.
 *
 * @param environment environments too: they can hold secrets
 */
export const observing = (kinds: readonly string[], environment: boolean): Needs => ({
  ...needsOf({ kinds, fields: ['file.invoked', 'proc.upper_layer', 'file.upper_layer'] }, new Set()),
  environment,
  streams: true,
  wanted: environment ? ['proc.age', 'proc.env'] : ['proc.age'],
  tree: false,
  attr: false,
  unasked: OPENED.filter((kind) => kinds.includes(kind)),
  observed: SENSOR_KINDS.filter((kind) => kinds.includes(kind) && (kind === 'syscall' || !ASKED.includes(kind))),
});
