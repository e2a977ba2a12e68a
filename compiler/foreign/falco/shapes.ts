/**
 * Falco's events among our kinds. A *shape* is a kind, or the part of one that a guard cuts out, about which `evt.type` says
 * something definite: `file.create` of a folder is what Falco calls `mkdir`. Conditions are lowered for each shape, and
 * shapes for which a condition says the same are put together again, without their guards where all of a kind are.
 *
 * `net.dns` and `cap` are no events of Falco, and neither is what `chattr` does, which it sees as an `ioctl`.
 */
import { SYSCALLS } from '../../../vm/spec/syscalls.ts';
import { ALWAYS, not, oneOf, quotedSet, test, type Condition } from '../condition.ts';

export interface Shape {
  readonly kind: string;
  /** Names of Falco's events; null: system calls that a condition does not name. */
  readonly events: readonly string[] | null;
  /** The value that the guard asks for; null: none of those of the kind's other shapes. */
  readonly guard: string | null;
  readonly object: 'open' | 'path' | 'pair' | 'attribute' | 'net' | 'syscall' | 'none';
}

const OPEN = ['open', 'openat', 'openat2', 'open_by_handle_at'];
const shape = (kind: string, events: string, object: Shape['object'] = 'none', guard: string | null = null): Shape => ({
  kind,
  events: events.split(' '),
  guard,
  object,
});

const FIXED: readonly Shape[] = [
  shape('exec', 'execve execveat'),
  { ...shape('file.read', '', 'open'), events: OPEN },
  { ...shape('file.write', '', 'open'), events: [...OPEN, 'creat'] },
  { ...shape('file.create', '', 'open'), events: [...OPEN, 'creat'] },
  shape('file.create', 'mkdir mkdirat', 'path', 'folder'),
  shape('file.create', 'symlink symlinkat', 'path', 'symlink'),
  shape('file.create', 'mknod mknodat', 'path', 'device'),
  shape('file.create', 'mknod mknodat', 'path', 'pipe'),
  shape('file.create', 'mknod mknodat', 'path', 'socket'),
  shape('file.delete', 'unlink unlinkat', 'path'),
  shape('file.delete', 'rmdir unlinkat', 'path', 'folder'),
  shape('file.rename', 'rename renameat renameat2', 'pair', 'source'),
  shape('file.rename', 'rename renameat renameat2', 'pair', 'target'),
  shape('file.link', 'link linkat', 'pair', 'source'),
  shape('file.link', 'link linkat', 'pair', 'target'),
  shape('file.attr', 'chmod fchmod fchmodat fchmodat2', 'attribute', 'mode'),
  shape('file.attr', 'chown lchown fchown fchownat', 'attribute', 'owner'),
  shape('file.attr', 'utime utimes utimensat futimesat', 'attribute', 'times'),
  shape('file.attr', 'setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr', 'attribute', 'xattr'),
  { ...shape('file.attr', '', 'attribute'), events: [] },
  shape('file.map_exec', 'mmap mprotect', 'open'),
  shape('net.connect', 'connect', 'net'),
  shape('net.send', 'sendto sendmsg sendmmsg', 'net'),
  shape('net.bind', 'bind', 'net'),
  shape('net.listen', 'listen', 'net'),
  shape('net.accept', 'accept accept4', 'net'),
  shape('proc.fork', 'clone clone3 fork vfork'),
  shape('proc.exit', 'procexit'),
];
const OF_KINDS = new Set(FIXED.flatMap(({ events }) => events ?? []));
/** Events of Falco that are neither system calls nor kinds of ours: nothing here is one. */
const OF_FALCO_ALONE = new Set(
  (
    'container switch drop infra signaldeliver notification pagefault plugin pluginevent asyncevent procinfo cpu_hotplug ' +
    'k8s mesos tracer generic umount syncfs_x sysdigevent pluginevent_e exe_notification user_added user_deleted ' +
    'group_added group_deleted'
  ).split(' '),
);

/** @returns whether Falco has an event of this name */
export const isEvent = (name: string): boolean =>
  OF_KINDS.has(name) || OF_FALCO_ALONE.has(name) || SYSCALLS.includes(name);

/** System calls that a condition may name, as shapes of their own, and all others. */
const REST: Shape = { kind: 'syscall', events: null, guard: null, object: 'syscall' };

/** @param named events that a condition names */
export function shapesFor(named: readonly string[]): readonly Shape[] {
  const calls = [...new Set(named)].filter((name) => !OF_KINDS.has(name) && SYSCALLS.includes(name));
  const own = calls.map((name): Shape => ({ kind: 'syscall', events: [name], guard: name, object: 'syscall' }));
  return [...FIXED, ...own, REST];
}

/** @returns what lowered conditions of a shape are remembered by */
export const keyOf = ({ kind, guard, events }: Shape): string =>
  `${kind}/${guard ?? (events === null ? '' : events.join(' '))}`;

/**
 * The condition that an event has one of some shapes of a kind.
 * @param chosen of the kind
 * @param every shape of the kind that there is
 */
export function guardOf(chosen: readonly Shape[], every: readonly Shape[]): Condition {
  if (chosen.length === every.length) return ALWAYS;
  const { kind } = chosen[0];
  const rest = chosen.some(({ guard }) => guard === null);
  const asked = rest ? every.filter((other) => !chosen.includes(other)) : chosen;
  const values = asked.flatMap(({ guard }) => guard ?? []);
  const condition = asks(kind, values);
  return rest ? not(condition) : condition;
}

function asks(kind: string, values: readonly string[]): Condition {
  if (kind === 'syscall') return oneOf('syscall.name', values);
  if (kind === 'file.attr') return oneOf('file.attribute', values);
  if (kind === 'file.rename' || kind === 'file.link') return oneOf('file.side', values);
  return values.length === 1
    ? test(`file.type has ${quotedSet(values).slice(1, -1)}`)
    : test(`file.type hasany ${quotedSet(values)}`);
}
