/** Entries as the sections of a policy: the way back of `../kubearmor/paths.ts` and `../kubearmor/others.ts`. */
import type { Entry, Subject, Target } from '../kubearmor/entry.ts';

/** Section, list and key of what is looked up. */
const PLACES: Readonly<Record<Exclude<Target['is'], 'preset'>, readonly [list: string, key: string]>> = {
  path: ['matchPaths', 'path'],
  name: ['matchPaths', 'execname'],
  directory: ['matchDirectories', 'dir'],
  pattern: ['matchPatterns', 'pattern'],
  protocol: ['matchProtocols', 'protocol'],
  'every-protocol': ['matchProtocols', 'protocol'],
  domain: ['matchDNSQueries', 'domain'],
  capability: ['matchCapabilities', 'capability'],
  call: ['matchSyscalls', 'syscall'],
};
const SECTIONS: Readonly<Record<Subject, string>> = {
  process: 'process',
  file: 'file',
  network: 'network',
  dns: 'network',
  capabilities: 'capabilities',
  syscalls: 'syscalls',
};
const NOTES = ['severity', 'tags', 'message', 'action'] as const;

type Notes = { readonly [K in (typeof NOTES)[number]]?: unknown };
type Section = Record<string, object[]>;

/**
 * @param entries in the order of their rules
 * @returns sections by name, and at the policy what all entries say alike
 */
export function bodyOf(entries: readonly Entry[]): object {
  const deciding = entries.filter(({ subject }) => subject !== 'syscalls');
  const common = (key: keyof Notes): unknown => {
    const [first, ...rest] = (key === 'action' ? deciding : entries).map((entry) => notesOf(entry)[key]);
    return rest.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : undefined;
  };
  const shared: Notes = Object.fromEntries(
    NOTES.map((key) => [key, common(key)]).filter(([, value]) => value !== undefined),
  );
  const sections: Record<string, Section> = {};
  for (const entry of entries) {
    const { is } = entry.target;
    if (is === 'preset') throw new Error('BUG: no rule becomes a preset');
    const [list, key] = PLACES[is];
    const section = (sections[SECTIONS[entry.subject]] ??= {});
    (section[list] ??= []).push({ [key]: valueOf(entry), ...restOf(entry, shared) });
  }
  return { ...shared, ...sections };
}

function notesOf({ severity, tags, message, action, subject }: Entry): Notes {
  return {
    ...(severity !== null && { severity }),
    ...(tags.length > 0 && { tags }),
    ...(message !== null && { message: message.value }),
    ...(subject !== 'syscalls' && { action }),
  };
}

/** Directories end with a slash, and system calls are lists. */
function valueOf({ target: { is, text } }: Entry): unknown {
  if (is === 'directory') return text.value === '/' ? '/' : `${text.value}/`;
  return is === 'call' ? [text.value] : text.value;
}

function restOf(entry: Entry, shared: Notes): object {
  const { target, sources, ownerOnly, readOnly, offTerminal } = entry;
  const own = Object.entries(notesOf(entry)).filter(([key]) => !(key in shared));
  return {
    ...(target.recursive && { recursive: true }),
    ...(sources !== null && { fromSource: sources.map(({ path }) => ({ path: path.value })) }),
    ...(ownerOnly && { ownerOnly: true }),
    ...(readOnly && { readOnly: true }),
    ...(offTerminal && { pts: false }),
    ...Object.fromEntries(own),
  };
}
