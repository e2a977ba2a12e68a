/** Which program serves which kind, and the fields that it can fill. Data only: `doctor` prints what nobody fills. */

export interface SensorSpec {
  /** Object below `dist/bpf`. */
  readonly object: string;
  readonly programs: readonly string[];
  readonly kinds: readonly string[];
}

/** In the order in which they are attached. */
export const SENSORS: readonly SensorSpec[] = [
  { object: 'process', programs: ['fork', 'exit_process'], kinds: ['proc.fork', 'proc.exit'] },
  { object: 'exec', programs: ['exec'], kinds: ['exec'] },
  {
    object: 'file',
    programs: ['file_exit'],
    kinds: [
      'file.read',
      'file.write',
      'file.create',
      'file.delete',
      'file.rename',
      'file.link',
      'file.attr',
      'file.map_exec',
    ],
  },
  {
    object: 'net',
    programs: ['net_exit'],
    kinds: ['net.connect', 'net.send', 'net.bind', 'net.listen', 'net.accept'],
  },
  { object: 'syscall', programs: ['syscall_enter', 'syscall_exit'], kinds: ['syscall'] },
  { object: 'cap', programs: ['capable'], kinds: ['cap'] },
];
