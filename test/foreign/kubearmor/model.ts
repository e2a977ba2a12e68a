/**
 * KubeArmor's decision by its documentation (its enforcer's order of lookups), for policies as plain values: one table a
 * workload, asked by path and source, directory and source, path, program name, directory. It knows the sections `process` and
 * `file` and nothing of ours but events.
 */
export interface ModelEntry {
  readonly path?: string;
  readonly execname?: string;
  readonly dir?: string;
  readonly recursive?: boolean;
  readonly pattern?: string;
  readonly fromSource?: readonly { readonly path: string }[];
  readonly ownerOnly?: boolean;
  readonly readOnly?: boolean;
  readonly pts?: boolean;
  readonly action: 'Allow' | 'Audit' | 'Block';
}
interface ModelSection {
  readonly matchPaths?: readonly ModelEntry[];
  readonly matchDirectories?: readonly ModelEntry[];
  readonly matchPatterns?: readonly ModelEntry[];
}
export interface ModelPolicy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly severity?: number;
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly process?: ModelSection;
    readonly file?: ModelSection;
  };
}
export interface ModelDecision {
  readonly effect: 'allow' | 'deny' | 'posture';
  readonly noted: boolean;
}

/** An event as its JSON line has it. */
export interface ModelEvent {
  readonly kind: string;
  readonly proc: {
    readonly path: string;
    readonly ppath?: string;
    readonly uid?: number;
    readonly file_owner_uid?: number;
    readonly interactive?: boolean;
  };
  readonly file?: { readonly path: string; readonly owner_uid?: number };
  readonly k8s: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

export function decideByModel(policies: readonly ModelPolicy[], event: ModelEvent): ModelDecision {
  const section = event.kind === 'exec' ? 'process' : 'file';
  const entries = policies
    .filter((policy) => selects(policy, event))
    .flatMap(({ spec }) => {
      const { matchPaths = [], matchDirectories = [], matchPatterns = [] } = spec[section] ?? {};
      return kept([...matchPaths, ...matchDirectories, ...matchPatterns]);
    });
  const object = section === 'process' ? event.proc.path : event.file?.path;
  const source = section === 'process' ? event.proc.ppath : event.proc.path;
  const matching = entries.filter((entry) => isAbout(entry, object, section) && isFrom(entry, source));
  const noted = matching.some((entry) => entry.action === 'Audit' && refuses(blocking(entry), event));
  const listed = entries.some(({ action }) => action === 'Allow');
  const hit = found(matching.filter(({ action }) => action !== 'Audit'));
  if (hit !== undefined) return { effect: refuses(hit, event) ? 'deny' : 'allow', noted };
  return { effect: listed ? 'posture' : 'allow', noted };
}

/** The table has a directory of a source once, so a later entry of the policy takes the place of an earlier one, whether or not it is recursive. */
function kept(entries: readonly ModelEntry[]): ModelEntry[] {
  const keysOf = ({ action, dir, fromSource }: ModelEntry): string[] =>
    dir === undefined || action === 'Audit' ? [] : (fromSource ?? [{ path: '' }]).map(({ path }) => `${dir} ${path}`);
  const last = new Map(entries.flatMap((entry, n) => keysOf(entry).map((key) => [key, n])));
  return entries.map((entry, n) => {
    const keys = keysOf(entry);
    if (keys.every((key) => last.get(key) === n)) return entry;
    const left = entry.fromSource?.filter((_, i) => last.get(keys[i]) === n) ?? [];
    return { ...entry, fromSource: left };
  });
}

/** What is noted is what blocking would refuse; terminals do not matter there beside owners and reading. */
const blocking = (entry: ModelEntry): ModelEntry => ({
  ...entry,
  action: 'Block',
  pts: entry.ownerOnly === true || entry.readOnly === true ? undefined : entry.pts,
});

const selects = ({ metadata, spec }: ModelPolicy, { k8s }: ModelEvent): boolean =>
  k8s.namespace === metadata.namespace &&
  Object.entries(spec.selector.matchLabels ?? {}).every(([key, value]) => k8s.labels[key] === value);

function isAbout(entry: ModelEntry, object: string | undefined, section: 'process' | 'file'): boolean {
  const { path, execname, dir, recursive, pattern } = entry;
  if (object === undefined) return false;
  if (execname !== undefined) return object.endsWith(`/${execname}`);
  if (path !== undefined) return object === path;
  if (pattern !== undefined) return globbed(pattern).test(object);
  // A program is no directory, so the directory itself is only said where nothing is said beside it.
  if (`${object}/` === dir) return recursive === true || section === 'file';
  return object.startsWith(dir!) && (recursive === true || !object.slice(dir!.length).includes('/'));
}

/** A star is anything but slashes; no other wildcard is made. */
const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+]/g, '\\$&'))
      .join('[^/]*')}$`,
    's',
  );

const isFrom = ({ fromSource }: ModelEntry, source: string | undefined): boolean =>
  fromSource === undefined || fromSource.some(({ path }) => path === source);

/** The last of the first stage that has one; of directories the deepest, of patterns one that blocks. */
function found(entries: readonly ModelEntry[]): ModelEntry | undefined {
  for (const sourced of [true, false]) {
    const stage = entries.filter(({ fromSource }) => (fromSource !== undefined) === sourced);
    const exact = stage.findLast(({ path, execname }) => path !== undefined && execname === undefined);
    const named = stage.findLast(({ execname }) => execname !== undefined);
    const depth = Math.max(...stage.map(({ dir }) => dir?.split('/').length ?? 0));
    const directory = stage.findLast(({ dir }) => dir?.split('/').length === depth);
    const hit = exact ?? named ?? (depth > 0 ? directory : undefined);
    if (hit !== undefined) return hit;
  }
  const patterns = entries.filter(({ pattern }) => pattern !== undefined);
  return patterns.findLast(({ action }) => action === 'Block') ?? patterns.at(-1);
}

/** Terminal, owner, reading, action: in this order. */
function refuses({ ownerOnly, readOnly, pts, action }: ModelEntry, { kind, proc, file }: ModelEvent): boolean {
  const program = kind === 'exec';
  const written = kind !== 'file.read';
  if (pts === false && proc.interactive === true) return true;
  if (ownerOnly === true) {
    const owner = proc.uid !== undefined && proc.uid === (program ? proc.file_owner_uid : file?.owner_uid);
    return !owner || (readOnly === true && written);
  }
  if (readOnly === true && !program) return written;
  return pts === false ? false : action === 'Block';
}
