/** An event record in its JSON form, as the models of other systems read it. Its names are the expression language's. */
export interface ModelEvent {
  readonly kind: string;
  readonly time?: string;
  readonly proc?: {
    readonly path?: string;
    readonly invoked?: string;
    readonly ppath?: string;
    readonly caller_path?: string;
    readonly pcmdline?: string;
    readonly cmdline?: string;
    readonly cwd?: string;
    readonly user?: string;
    readonly args?: readonly string[];
    readonly ancestors?: readonly string[];
    readonly pid?: number;
    readonly ppid?: number;
    readonly vpid?: number;
    readonly uid?: number;
    readonly euid?: number;
    readonly file_owner_uid?: number;
    readonly session?: number;
    readonly loginuid?: number;
    readonly interactive?: boolean;
    readonly env?: readonly string[];
    readonly age?: number;
    readonly group_leader?: boolean;
    readonly stdin_type?: string;
    readonly stdout_type?: string;
    readonly stderr_type?: string;
    readonly memfd?: boolean;
    readonly upper_layer?: boolean;
    readonly caps?: readonly string[];
    readonly permitted?: readonly string[];
  };
  readonly file?: {
    readonly path?: string;
    readonly other_path?: string;
    readonly side?: 'source' | 'target';
    readonly invoked?: string;
    readonly link_target?: string;
    readonly type?: readonly string[];
    readonly flags?: readonly string[];
    readonly mode?: number;
    readonly owner_uid?: number;
    readonly attribute?: string;
    readonly new_mode?: number;
    readonly new_owner_uid?: number;
    readonly upper_layer?: boolean;
  };
  readonly net?: {
    readonly remote_ip?: string;
    readonly local_ip?: string;
    readonly remote_port?: number;
    readonly local_port?: number;
    readonly protocol?: string;
    readonly domain?: string;
    readonly path?: string;
  };
  readonly syscall?: {
    readonly name?: string;
    readonly sarg0?: string;
    readonly sarg1?: string;
    readonly [argument: string]: string | number | undefined;
  };
  readonly cap?: { readonly name: string };
  readonly container?: {
    readonly id?: string;
    readonly name?: string;
    readonly image?: string;
    readonly privileged?: boolean;
  };
  readonly k8s?: {
    readonly namespace?: string;
    readonly pod?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly host?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}

/** What a model says of one event. */
export interface ModelDecision {
  readonly effect: 'allow' | 'audit' | 'deny' | 'kill';
  /** Name of the policy or rule that decides; null where nothing applies or a posture decides. */
  readonly policy: string | null;
  /** Names of all that matched. */
  readonly matched: readonly string[];
}

/** The documents do not say, or contradict themselves or the program: such an event is not compared. */
export interface Unclear {
  readonly unclear: string;
}

/** Last component of a path; undefined of undefined. */
export const baseName = (path: string | undefined): string | undefined => path?.slice(path.lastIndexOf('/') + 1);
