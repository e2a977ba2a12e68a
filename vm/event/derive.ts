/**
 * Derived fields (semantics, section 2: "given wins, else derived") and the one way to ask an event for a field.
 * Functions of values, so that every reader of events derives alike.
 */
import type { Bytes } from '../bundle/normal.ts';
import { isIPv4, isPrivate } from './address.ts';
import type { Event, Value } from './event.ts';
import { fieldId, KIND_FIELD, kindById, TIME_FIELD } from './fields.ts';

/**
 * @param id field id
 * @returns the value that was given, else the derived one, else undefined: absent
 */
export function valueOf(event: Event, id: number): Value | undefined {
  if (id === KIND_FIELD) return kindById(event.kind)?.name;
  if (id === TIME_FIELD) return event.time;
  return event.values.get(id) ?? DERIVED.get(id)?.(event.values);
}

type Values = Event['values'];

function from(name: string, derive: (value: Bytes) => Value | undefined): (values: Values) => Value | undefined {
  const id = fieldId(name);
  return (values) => {
    const value = values.get(id);
    return value === undefined ? undefined : derive(value as Bytes);
  };
}

const DERIVED: ReadonlyMap<number, (values: Values) => Value | undefined> = new Map(
  Object.entries({
    'proc.name': from('proc.path', lastComponent),
    'proc.pname': from('proc.ppath', lastComponent),
    'proc.caller_name': from('proc.caller_path', lastComponent),
    'proc.cmdline': (values: Values) => (values.get(ARGS) as readonly Bytes[] | undefined)?.join(' '),
    'file.dir': from('file.path', directory),
    'file.name': from('file.path', lastComponent),
    'file.ext': from('file.path', extension),
    'net.family': family,
    'net.private': from('net.remote_ip', isPrivate),
    'container.image_tag': from('container.image', (image) => splitImage(image).tag),
    'host.class': (values: Values) => (values.has(POD) ? 'kubernetes' : values.has(CONTAINER) ? 'container' : 'host'),
  }).map(([name, derive]) => [fieldId(name), derive]),
);

const ARGS = fieldId('proc.args');
const POD = fieldId('k8s.pod');
const CONTAINER = fieldId('container.id');
const REMOTE = fieldId('net.remote_ip');
const LOCAL = fieldId('net.local_ip');
const SOCKET = fieldId('net.path');

/** What follows the last `/`; absent if nothing does. */
function lastComponent(path: Bytes): Bytes | undefined {
  return path.slice(path.lastIndexOf('/') + 1) || undefined;
}

/** What precedes the last `/`; `/` for what stands directly below it, absent for a path without one. */
function directory(path: Bytes): Bytes | undefined {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? undefined : path.slice(0, slash) || '/';
}

/** What follows the last dot of the last component; absent if nothing does, or if the dot is the first character. */
function extension(path: Bytes): Bytes | undefined {
  const name = lastComponent(path) ?? '';
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? undefined : name.slice(dot + 1) || undefined;
}

function family(values: Values): Bytes | undefined {
  const address = (values.get(REMOTE) ?? values.get(LOCAL)) as Bytes | undefined;
  if (address !== undefined) return isIPv4(address) ? 'ipv4' : 'ipv6';
  return values.has(SOCKET) ? 'unix' : undefined;
}

/**
 * Takes an image reference apart: a digest is all from the first `@`; a tag is what follows the last `:` of the rest, if
 * no `/` follows it (there it is a port).
 * @returns `name` without tag and digest, the `tag` if there is one, and whether there was a `digest`
 */
export function splitImage(image: Bytes): { name: Bytes; tag: Bytes | undefined; digest: boolean } {
  const at = image.indexOf('@');
  const reference = at < 0 ? image : image.slice(0, at);
  const colon = reference.lastIndexOf(':');
  const tagged = colon > reference.lastIndexOf('/');
  return {
    name: tagged ? reference.slice(0, colon) : reference,
    tag: tagged ? reference.slice(colon + 1) || undefined : undefined,
    digest: at >= 0,
  };
}
