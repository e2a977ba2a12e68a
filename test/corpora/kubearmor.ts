/** KubeArmor's JSON events as ours. The table of what becomes what is in README.md. */

export interface KubeArmorEvent {
  readonly UpdatedTime?: string;
  readonly ClusterName?: string;
  readonly HostName?: string;
  readonly NamespaceName?: string;
  readonly PodName?: string;
  readonly Labels?: string;
  readonly ContainerID?: string;
  readonly ContainerName?: string;
  readonly ContainerImage?: string;
  readonly PID?: number;
  readonly PPID?: number;
  readonly UID?: number;
  readonly ProcessName?: string;
  readonly ParentProcessName?: string;
  readonly Source?: string;
  readonly Operation?: string;
  readonly Resource?: string;
  readonly Data?: string;
  readonly Cwd?: string;
}

/** `key=value` of a text that separates them with spaces or commas. */
const value = (text: string | undefined, key: string): string | undefined =>
  new RegExp(`(?:^|[ ,])${key}=([^ ,]*)`).exec(text ?? '')?.[1];

const fileKind = (call: string, flags: readonly string[]): string | null => {
  if (/UNLINK|RMDIR/.test(call)) return 'file.delete';
  if (!/OPEN/.test(call)) return null;
  if (flags.includes('O_CREAT')) return 'file.create';
  return flags.includes('O_WRONLY') || flags.includes('O_RDWR') ? 'file.write' : 'file.read';
};

const FLAGS = 'rdonly wronly rdwr creat excl trunc append tmpfile directory nofollow direct sync cloexec'.split(' ');

const labels = (text: string | undefined): Record<string, string> | undefined =>
  text === undefined ? undefined : Object.fromEntries(text.split(',').map((label) => label.split('=', 2)));

/** Kind and object, or null where it is no question of ours. */
const question = (event: KubeArmorEvent): { kind: string; proc?: object; object: object } | null => {
  const { Operation, Resource, Data } = event;
  const call = value(Data, 'syscall') ?? '';
  if (Operation === 'Process' && Resource) {
    return { kind: 'exec', proc: { path: Resource.split(' ')[0], cmdline: Resource }, object: {} };
  }
  if ((Operation === 'File' || Operation === 'Syscall') && Resource?.startsWith('/')) {
    const flags = (value(Data, 'flags') ?? '').split('|');
    const kind = fileKind(call, flags);
    const known = flags.map((flag) => flag.replace(/^O_/, '').toLowerCase()).filter((flag) => FLAGS.includes(flag));
    return kind === null ? null : { kind, object: { file: { path: Resource, flags: known } } };
  }
  if (Operation === 'Network') {
    const domain = value(Data, 'domain');
    const port = value(Resource, 'sin_port');
    if (domain === undefined && call !== 'SYS_CONNECT') return null;
    return {
      kind: domain === undefined ? 'net.connect' : 'net.dns',
      object: {
        net: { domain, remote_ip: value(Data, 'daddr'), remote_port: port === undefined ? undefined : Number(port) },
      },
    };
  }
  return null;
};

/** @returns the JSON form of our event, or null where it is no question of ours */
export const fromKubeArmor = (event: KubeArmorEvent): object | null => {
  const asked = question(event);
  if (asked === null) return null;
  return {
    kind: asked.kind,
    time: event.UpdatedTime,
    proc: {
      path: event.ProcessName,
      cmdline: event.Source,
      ppath: event.ParentProcessName,
      pid: event.PID,
      ppid: event.PPID,
      uid: event.UID,
      cwd: event.Cwd,
      ...asked.proc,
    },
    ...asked.object,
    container: { id: event.ContainerID, name: event.ContainerName, image: event.ContainerImage },
    k8s: {
      namespace: event.NamespaceName,
      pod: event.PodName,
      labels: labels(event.Labels),
      cluster: event.ClusterName,
    },
    host: { name: event.HostName },
  };
};
