/** Tetragon's JSON events as ours. The table of what becomes what is in README.md. */

interface Process {
  readonly pid?: number;
  readonly uid?: number;
  readonly auid?: number;
  readonly cwd?: string;
  readonly binary?: string;
  readonly arguments?: string;
  readonly flags?: string;
  readonly cap?: { readonly effective?: readonly string[] };
  readonly pod?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly pod_labels?: Readonly<Record<string, string>>;
    readonly container?: { readonly id?: string; readonly name?: string; readonly image?: { readonly name?: string } };
  };
}

interface Body {
  readonly process?: Process;
  readonly parent?: Process;
  readonly function_name?: string;
  readonly args?: readonly { readonly file_arg?: { readonly path?: string } }[];
  readonly source_ip?: string;
  readonly source_port?: number;
  readonly destination_ip?: string;
  readonly destination_port?: number;
  readonly ip?: string;
  readonly port?: number;
  readonly protocol?: string;
}

export type TetragonEvent = Readonly<Record<`process_${string}`, Body>> & {
  readonly node_name?: string;
  readonly time?: string;
};

const absolute = (path: string | undefined): string | undefined => path && (path.startsWith('/') ? path : `/${path}`);

const commandLine = (process: Process | undefined): string | undefined =>
  process?.binary && [process.binary, process.arguments].filter(Boolean).join(' ');

const UNSET = 4294967295;

const subject = ({ process, parent }: Body): object => ({
  path: process?.binary,
  pid: process?.pid,
  uid: process?.uid,
  loginuid: process?.auid === UNSET ? undefined : process?.auid,
  cwd: process?.cwd,
  cmdline: commandLine(process),
  caps: process?.cap?.effective?.map((name) => name.toLowerCase().replace(/^cap_/, '')),
  ppath: parent?.binary,
  ppid: parent?.pid,
  pcmdline: commandLine(parent),
});

const net = (body: Body): object => ({
  local_ip: body.source_ip ?? body.ip,
  local_port: body.source_port ?? body.port,
  remote_ip: body.destination_ip,
  remote_port: body.destination_port,
  protocol: body.protocol?.toLowerCase(),
});

/** Kind and object, or null where it is no question of ours. */
const question = (event: TetragonEvent): { body: Body; kind: string; proc?: object; object: object } | null => {
  const { process_exec: exec, process_exit: exit, process_kprobe: probe } = event;
  if (exec) {
    const replaces = exec.process?.flags !== undefined && !exec.process.flags.includes('clone');
    return { body: exec, kind: 'exec', proc: replaces ? { caller_path: exec.parent?.binary } : {}, object: {} };
  }
  if (exit) return { body: exit, kind: 'proc.exit', object: {} };
  for (const name of ['connect', 'listen', 'accept'] as const) {
    const body = event[`process_${name}`];
    if (body) return { body, kind: `net.${name}`, object: { net: net(body) } };
  }
  const access = /_(read|write)$/.exec(probe?.function_name ?? '')?.[1];
  const path = absolute(probe?.args?.find((arg) => arg.file_arg)?.file_arg?.path);
  return probe && access && path ? { body: probe, kind: `file.${access}`, object: { file: { path } } } : null;
};

/** @returns the JSON form of our event, or null where it is no question of ours */
export const fromTetragon = (event: TetragonEvent): object | null => {
  const asked = question(event);
  if (asked === null) return null;
  const pod = asked.body.process?.pod;
  return {
    kind: asked.kind,
    time: event.time,
    proc: { ...subject(asked.body), ...asked.proc },
    ...asked.object,
    container: {
      id: pod?.container?.id?.replace(/^.*:\/\//, ''),
      name: pod?.container?.name,
      image: pod?.container?.image?.name,
    },
    k8s: { namespace: pod?.namespace, pod: pod?.name, labels: pod?.pod_labels, node: event.node_name },
  };
};
