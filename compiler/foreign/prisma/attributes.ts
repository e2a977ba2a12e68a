/** Attributes of events, and their fields of ours. */

export const RUNTIME_TYPES = ['processes', 'filesystem', 'network-outgoing'] as const;
export type RuntimeType = (typeof RUNTIME_TYPES)[number];

export interface Attribute {
  /** Of ours. */
  readonly field: string;
  readonly is: 'text' | 'flag' | 'port' | 'address' | 'type';
  /** Rules for which it is documented. */
  readonly documented: readonly RuntimeType[];
  /** Rules for which it can be there. */
  readonly found: readonly RuntimeType[];
}

const ALL = RUNTIME_TYPES;
const PROCESSES_AND_FILES: readonly RuntimeType[] = ['processes', 'filesystem'];

const ofProcess = (field: string, documented: readonly RuntimeType[] = PROCESSES_AND_FILES): Attribute => ({
  field,
  is: field === 'proc.interactive' ? 'flag' : 'text',
  documented,
  found: ALL,
});
const ofFile = (field: string, is: Attribute['is'] = 'text'): Attribute => ({
  field,
  is,
  documented: ['filesystem'],
  found: ['filesystem'],
});
const ofNetwork = (field: string, is: Attribute['is']): Attribute => ({
  field,
  is,
  documented: ['network-outgoing'],
  found: ['network-outgoing'],
});

export const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  'proc.name': ofProcess('proc.name', ALL),
  'proc.pname': ofProcess('proc.pname'),
  'proc.path': ofProcess('proc.path'),
  'proc.user': ofProcess('proc.user'),
  'proc.interactive': ofProcess('proc.interactive'),
  'proc.cmdline': ofProcess('proc.cmdline'),
  'proc.service': ofProcess('proc.service', ['processes']),
  'file.path': ofFile('file.path'),
  'file.dir': ofFile('file.dir'),
  'file.type': ofFile('file.type', 'type'),
  'file.md5': ofFile('file.md5'),
  'net.outgoing_port': ofNetwork('net.remote_port', 'port'),
  'net.outgoing_ip': ofNetwork('net.remote_ip', 'address'),
  'net.private_subnet': ofNetwork('net.private', 'flag'),
};

/** The attribute of a name, undefined where there is none. */
export const attributeOf = (name: string): Attribute | undefined =>
  Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;

/**
 * Their types of files, each as a test of ours. A file has one type there and may have several flags here: an ELF program
 * is a regular file, too.
 */
export const FILE_TYPES: Readonly<Record<string, string>> = {
  elf: 'file.type has "elf"',
  secret: 'file.type has "secret"',
  folder: 'file.type has "folder"',
  regular: 'file.type has "regular" and not file.type hasany ("elf", "secret")',
};
