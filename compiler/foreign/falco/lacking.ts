/** Fields that Falco has and events here do not, by class: a comparison with one is false, and said to be. */
const LACKING: Readonly<Record<string, string>> = {
  container:
    'cni.json duration full_id healthcheck host_ipc host_network host_pid image.digest image.id info ip label ' +
    'labels liveness_probe mount mount.dest mount.mode mount.propagation mount.rdwr mount.source mounts ' +
    'readiness_probe start_ts type',
  evt:
    'abspath args asynctype buffer buflen buflen.file buflen.file.in buflen.file.out buflen.in buflen.net ' +
    'buflen.net.in buflen.net.out buflen.out category count count.error count.error.file count.error.memory ' +
    'count.error.net count.error.other count.exit count.procinfo count.threadinfo cpu datetime datetime.s ' +
    'deltatime deltatime.ns deltatime.s info infra.docker.container.id infra.docker.container.image ' +
    'infra.docker.container.name infra.docker.name io_dir is_async is_io is_io_read is_io_write is_syslog ' +
    'is_wait latency latency.human latency.ns latency.quantized latency.s outputtime plugininfo pluginname ' +
    'rawtime rawtime.ns rawtime.s reltime reltime.ns reltime.s time time.iso8601 time.s type.is wait_latency',
  fd:
    'cip.name containerdirectory containername cproto dev.major dev.minor is_lower_layer ' +
    'lip.name lproto proto rip.name rproto sip.name sproto types uid',
  fdlist: 'cips cports names nums sips sports',
  fs: 'path.sourceraw path.targetraw',
  group: 'name',
  k8s:
    'deployment.id deployment.label deployment.labels deployment.name ns.id ns.label ns.labels pod.cni.json ' +
    'pod.full_sandbox_id pod.id pod.ip pod.labels pod.sandbox_id pod.uid rc.id rc.label rc.labels rc.name ' +
    'rs.id rs.label rs.labels rs.name svc.id svc.label svc.labels svc.name',
  proc:
    'aargs aenv cmdlenargs cmdnargs exe_ino exe_ino.ctime exe_ino.ctime_duration_pidns_start ' +
    'exe_ino.ctime_duration_proc_start exe_ino.mtime fdlimit fdopencount fdusage is_exe_lower_layer ' +
    'is_exe_writable is_sid_leader loginshellid nchilds nthreads pgid pgid.exe ' +
    'pgid.exepath pgid.name pid.ts pidns_init_start_ts ppid.duration ppid.ts pvpid sid.exe sid.exepath sname ' +
    'stderr.name stdin.name stdout.name vmrss vmsize vmswap vpgid vpgid.exe ' +
    'vpgid.exepath vpgid.name',
  thread:
    'cap_inheritable cgroup cgroups cpu cpu.system cpu.user exectime ismain nametid pfmajor ' +
    'pfminor tid totexectime vmrss vmrss.b vmsize vmsize.b vtid',
  user: 'homedir loginname shell',
  util: 'cnt',
};
const NAMES = new Set(
  Object.entries(LACKING).flatMap(([group, names]) => names.split(' ').map((name) => `${group}.${name}`)),
);
/** Fields whose last part is a label. */
const LABELS = /^(?:container|k8s\.(?:pod|rc|svc|ns|rs|deployment))\.label\./;

/** What says the same here, for those of which rules are about something that our events tell otherwise. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [
    /^fd\.[sclr]ip\.name$/,
    'names stand in the queries for them: write a rule on `net.dns` with `net.domain`, or compare addresses with `net.remote_ip`',
  ],
];

/** @returns what to write instead of the field, null where nothing says the same */
export const insteadOf = (name: string): string | null => INSTEAD.find(([names]) => names.test(name))?.[1] ?? null;

export const isLackingField = (name: string): boolean => NAMES.has(name) || LABELS.test(name);
