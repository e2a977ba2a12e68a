/** Which program serves which kind, and which fields it can fill. Data only: `doctor` prints what nobody fills. */

export interface SensorSpec {
  /** Object below `dist/bpf`. */
  readonly object: string;
  readonly programs: readonly string[];
  /** They are attached to the watched cgroups, not once for all. */
  readonly perCgroup?: boolean;
  /** By kind: names of the fields that its records can carry. What a policy asks of them beyond is derived, or a fact. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

const ACTOR = ['proc.pid', 'proc.uid', 'proc.euid', 'proc.gid', 'proc.comm', 'proc.age'];
const INODE = ['file.type', 'file.mode', 'file.owner_uid', 'file.dev', 'file.ino', 'file.upper_layer'];
const CHANGE = ['file.attribute', 'file.new_mode', 'file.new_owner_uid'];
const OPENED = [...ACTOR, 'file.path', 'file.invoked', 'file.flags', ...INODE];
const PAIR = [...ACTOR, 'file.path', 'file.other_path', 'file.side', 'file.invoked'];
const LOCAL = [...ACTOR, 'net.local_ip', 'net.local_port', 'net.protocol', 'net.family', 'net.path'];
const REMOTE = ['net.remote_ip', 'net.remote_port'];
const SIX = [0, 1, 2, 3, 4, 5];

/** In the order in which they are attached. */
export const SENSORS: readonly SensorSpec[] = [
  {
    object: 'process',
    programs: ['fork', 'exit_process'],
    kinds: { 'proc.fork': ACTOR, 'proc.exit': ACTOR },
  },
  {
    object: 'exec',
    programs: ['exec'],
    kinds: {
      exec: [
        ...ACTOR,
        'proc.ppid',
        'proc.loginuid',
        'proc.session',
        'proc.interactive',
        'proc.caps',
        'proc.permitted',
        'proc.vpid',
        'proc.group_leader',
        'proc.path',
        'proc.invoked',
        'proc.memfd',
        'proc.upper_layer',
        'proc.file_owner_uid',
        'proc.file_mode',
        'proc.stdin_type',
        'proc.stdout_type',
        'proc.stderr_type',
        'proc.cwd',
        'proc.ppath',
        'proc.args',
        'proc.env',
        'event.truncated',
      ],
    },
  },
  {
    object: 'file',
    programs: ['file_exit'],
    kinds: {
      'file.read': OPENED,
      'file.write': OPENED,
      'file.create': [...OPENED, 'file.link_target', 'file.new_mode'],
      'file.delete': [...ACTOR, 'file.path', 'file.invoked', 'file.type'],
      'file.rename': PAIR,
      'file.link': PAIR,
      'file.attr': [...ACTOR, 'file.path', 'file.invoked', ...INODE, ...CHANGE],
      'file.map_exec': [...ACTOR, 'file.path', ...INODE],
    },
  },
  {
    object: 'net',
    programs: ['net_exit'],
    kinds: {
      'net.connect': [...LOCAL, ...REMOTE],
      'net.send': [...ACTOR, ...REMOTE, 'net.protocol', 'net.family', 'net.path'],
      'net.bind': LOCAL,
      'net.listen': LOCAL,
      'net.accept': [...LOCAL, ...REMOTE],
    },
  },
  {
    object: 'dns',
    programs: ['dns_egress'],
    perCgroup: true,
    kinds: {
      'net.dns': [...LOCAL.filter((name) => name !== 'net.path'), ...REMOTE, 'net.domain', 'net.query_type'],
    },
  },
  {
    object: 'syscall',
    programs: ['syscall_enter', 'syscall_exit'],
    kinds: {
      syscall: [
        ...ACTOR,
        'syscall.name',
        'syscall.nr',
        'syscall.ret',
        'syscall.fd_type',
        ...SIX.map((n) => `syscall.arg${n}`),
        ...SIX.map((n) => `syscall.sarg${n}`),
      ],
    },
  },
  { object: 'cap', programs: ['capable'], kinds: { cap: [...ACTOR, 'cap.name'] } },
];

/** Names of all kinds that have a sensor. */
export const SENSOR_KINDS: readonly string[] = SENSORS.flatMap((sensor) => Object.keys(sensor.kinds));

/**
 * @param kind name
 * @returns names of the fields that its sensor can fill; empty where there is no sensor
 */
export const sensorFields = (kind: string): readonly string[] =>
  SENSORS.find((sensor) => kind in sensor.kinds)?.kinds[kind] ?? [];
