/** The sections `network`, `capabilities` and `syscalls`. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Report } from '../../schema/read.ts';
import type { Text } from '../../schema/shape.ts';
import { FIELDS } from '../../../vm/spec/fields.ts';
import { SYSCALLS } from '../../../vm/spec/syscalls.ts';
import { argumentsOf } from './conditions.ts';
import { notesOf, PLAIN, type Entry, type SourceProgram, type Target } from './entry.ts';
import { directoryOf, sourcesOf } from './paths.ts';
import type { Sections } from './shapes.ts';

const valuesOf = (field: string): readonly string[] => FIELDS.find(({ name }) => name === field)?.values ?? [];
const PROTOCOLS = valuesOf('net.protocol');
const CAPABILITIES = valuesOf('cap.name');

/** Several names with commas between them stand for an entry each. */
const namesIn = (text: Text): Text[] =>
  text.value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((value) => ({ ...text, value }));

/** Protocols and DNS queries. */
export function networkEntries(spec: Sections, report: Report): Entry[] {
  const section = spec.network;
  if (section === undefined) return [];
  const protocols = (section.matchProtocols?.value ?? []).flatMap((entry) => {
    if (entry.protocol === undefined) return nothing(entry, report);
    const targets = namesIn(entry.protocol).flatMap((name) => protocolOf(name, report));
    const common = {
      ...PLAIN,
      ...notesOf([entry, section, spec], report),
      subject: 'network' as const,
      sources: sourcesOf(entry.fromSource, report),
      offTerminal: entry.pts?.value === false,
      span: entry.protocol.span,
    };
    return targets.map((target) => ({ ...common, target }));
  });
  const queries = (section.matchDNSQueries?.value ?? []).flatMap((entry) => {
    if (entry.domain === undefined) return nothing(entry, report);
    const common = {
      ...PLAIN,
      ...notesOf([entry, section, spec], report),
      subject: 'dns' as const,
      sources: sourcesOf(entry.fromSource, report),
      span: entry.domain.span,
    };
    return namesIn(entry.domain).flatMap((name): Entry[] => {
      const value = name.value.replace(/^\.+|\.+$/g, '');
      return value === '' ? [] : [{ ...common, target: { is: 'domain', text: { ...name, value } } }];
    });
  });
  return [...protocols, ...queries];
}

function protocolOf(text: Text, report: Report): Target[] {
  const value = text.value.toLowerCase();
  if (value === 'all') return [{ is: 'every-protocol', text: { ...text, value } }];
  if (PROTOCOLS.includes(value)) return [{ is: 'protocol', text: { ...text, value } }];
  if (['stream', 'dgram', 'rdm', 'seqpacket', 'dccp', 'packet'].includes(value)) {
    const help = `events name the protocol: ${PROTOCOLS.join(', ')}`;
    report(diagnose('L5006', `events do not say of which type a socket is: \`${text.value}\``, text.span, help));
    return [];
  }
  const near = nearest(value, PROTOCOLS);
  const help = near === null ? `it is one of ${PROTOCOLS.join(', ')} or all` : `did you mean \`${near}\`?`;
  report(diagnose('L5004', `unknown protocol \`${text.value}\``, text.span, help));
  return [];
}

/** Uses of capabilities. */
export function capabilityEntries(spec: Sections, report: Report): Entry[] {
  const section = spec.capabilities;
  return (section?.matchCapabilities?.value ?? []).flatMap((entry) => {
    if (entry.capability === undefined) return nothing(entry, report);
    const common = {
      ...PLAIN,
      ...notesOf([entry, section, spec], report),
      subject: 'capabilities' as const,
      sources: sourcesOf(entry.fromSource, report),
      span: entry.capability.span,
    };
    return namesIn(entry.capability).flatMap((name): Entry[] => {
      const value = name.value.toLowerCase().replace(/^cap_/, '');
      if (CAPABILITIES.includes(value)) return [{ ...common, target: { is: 'capability', text: { ...name, value } } }];
      const near = nearest(value, CAPABILITIES);
      const help = near === null ? 'names are those of capabilities(7)' : `did you mean \`${near}\`?`;
      report(diagnose('L5004', `unknown capability \`${name.value}\``, name.span, help));
      return [];
    });
  });
}

/** System calls: they are only ever noted, whatever the action says. */
export function syscallEntries(spec: Sections, report: Report): Entry[] {
  const section = spec.syscalls;
  if (section === undefined) return [];
  const calls = (section.matchSyscalls?.value ?? []).map((entry) => ({ ...entry, paths: null }));
  const paths = (section.matchPaths?.value ?? []).map((entry) => ({ ...entry, paths: calledOn(entry) }));
  return [...calls, ...paths].flatMap((entry) => {
    const names = entry.syscall?.value ?? [];
    if (names.length === 0) return nothing(entry, report);
    const common = {
      ...PLAIN,
      ...notesOf([entry, section, { ...spec, action: undefined }], report),
      action: 'Audit' as const,
      subject: 'syscalls' as const,
      sources: callers(entry.fromSource?.value ?? [], report),
      paths: entry.paths,
    };
    return names.flatMap((text): Entry[] => {
      const target: Target = { is: 'call', text };
      if (!isCall(text, report)) return [];
      if (entry.paths !== null && argumentsOf(target).length === 0) {
        const help = 'no argument of it is a path: name it under `matchSyscalls`';
        report(diagnose('L5003', `\`${text.value}\` is never called on a path`, text.span, help));
        return [];
      }
      return [{ ...common, target, span: text.span }];
    });
  });
}

function isCall(text: Text, report: Report): boolean {
  if (SYSCALLS.includes(text.value)) return true;
  const near = nearest(
    text.value,
    SYSCALLS.filter((name) => name !== null),
  );
  const help = near === null ? 'names are those of syscalls(2)' : `did you mean \`${near}\`?`;
  report(diagnose('L5004', `unknown system call \`${text.value}\``, text.span, help));
  return false;
}

/** A path that ends with a slash is a directory: with `recursive` all below it, else itself alone. */
function calledOn({
  path,
  recursive,
}: {
  readonly path?: Text;
  readonly recursive?: { readonly value: boolean };
}): Target | null {
  if (path === undefined || path.value === '') return null;
  if (!path.value.endsWith('/')) return { is: 'path', text: path };
  const text = { ...path, value: path.value.replace(/\/+$/, '') || '/' };
  return recursive?.value === true ? { is: 'directory', text, recursive: true } : { is: 'path', text };
}

type SyscallSources = NonNullable<
  NonNullable<NonNullable<Sections['syscalls']>['matchSyscalls']>['value'][number]['fromSource']
>['value'];

function callers(listed: SyscallSources, report: Report): readonly SourceProgram[] | null {
  if (listed.length === 0) return null;
  return listed.flatMap(({ path, dir, recursive, head }): SourceProgram[] => {
    if (path !== undefined) return [{ path }];
    if (dir !== undefined) {
      const directory = recursive?.value ? 'recursive' : 'immediate';
      return [{ path: directoryOf(dir, directory === 'recursive', report).text, directory }];
    }
    report(diagnose('L5005', 'the source has neither `path` nor `dir`', head, 'name the program that acts'));
    return [];
  });
}

function nothing({ head }: { readonly head: Entry['span'] }, report: Report): [] {
  report(diagnose('L5102', 'the entry names nothing', head, 'it is left out'));
  return [];
}
