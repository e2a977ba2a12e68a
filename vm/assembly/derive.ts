/** Fields that follow from others where they are not given (semantics, section 2), computed when first asked for. */
import { count, countBytes } from './counting';
import { MIXED, isAbsent, isGiven, lengthOf, pointerOf, setAbsent, setText, setValue, sourceOf } from './fields';
import * as S from './generated/spec';
import { lastIndexAfter } from './text';

const SLASH: u8 = 0x2f;
const IPV4: usize = memory.data<u8>([0x69, 0x70, 0x76, 0x34]);
const IPV6: usize = memory.data<u8>([0x69, 0x70, 0x76, 0x36]);
const UNIX: usize = memory.data<u8>([0x75, 0x6e, 0x69, 0x78]);
const HOST: usize = memory.data<u8>([0x68, 0x6f, 0x73, 0x74]);
const CONTAINER: usize = memory.data<u8>([0x63, 0x6f, 0x6e, 0x74, 0x61, 0x69, 0x6e, 0x65, 0x72]);
const KUBERNETES: usize = memory.data<u8>([0x6b, 0x75, 0x62, 0x65, 0x72, 0x6e, 0x65, 0x74, 0x65, 0x73]);

const joined: usize = memory.data(16384 + 16, 8);

/** Whether the field is there, after deriving it if it can be. */
export function has(field: u32): bool {
  if (isGiven(field)) return true;
  if (isAbsent(field)) return false;
  if (derive(field)) return true;
  setAbsent(field);
  return false;
}

function derive(field: u32): bool {
  switch (field) {
    case S.FIELD_PROC_NAME:
      return lastComponent(field, S.FIELD_PROC_PATH);
    case S.FIELD_PROC_PNAME:
      return lastComponent(field, S.FIELD_PROC_PPATH);
    case S.FIELD_PROC_CALLER_NAME:
      return lastComponent(field, S.FIELD_PROC_CALLER_PATH);
    case S.FIELD_FILE_NAME:
      return lastComponent(field, S.FIELD_FILE_PATH);
    case S.FIELD_FILE_DIR:
      return directory();
    case S.FIELD_FILE_EXT:
      return extension();
    case S.FIELD_PROC_CMDLINE:
      return commandLine();
    case S.FIELD_NET_FAMILY:
      return family();
    case S.FIELD_NET_PRIVATE:
      return privateAddress();
    case S.FIELD_CONTAINER_IMAGE_TAG:
    case S.INTERNAL_IMAGE_NAME:
      return image(field);
    case S.FIELD_HOST_CLASS:
      return workloadClass();
    case S.INTERNAL_GIVEN_CLASS:
      return givenClass();
    default:
      return false;
  }
}

/** Steps that deriving a field can take: passes over the longest text it is cut from, 16 bytes each. */
export function deriveSteps(field: u32): u32 {
  switch (field) {
    case S.FIELD_PROC_NAME:
    case S.FIELD_PROC_PNAME:
    case S.FIELD_PROC_CALLER_NAME:
    case S.FIELD_FILE_NAME:
    case S.FIELD_FILE_DIR:
      return S.LIMIT_PATH_BYTES / 16;
    case S.FIELD_FILE_EXT:
      return 2 * (S.LIMIT_PATH_BYTES / 16) + 1;
    case S.FIELD_PROC_CMDLINE: // an element costs one step and one for each 16 bytes begun
      return 2 * (S.LIMIT_TEXT_BYTES / 4) + S.LIMIT_TEXT_BYTES / 16;
    case S.FIELD_CONTAINER_IMAGE_TAG:
    case S.INTERNAL_IMAGE_NAME:
      return 3 * (S.LIMIT_STRING_BYTES / 16);
    default:
      return 0;
  }
}

function lastComponent(field: u32, path: u32): bool {
  if (!isGiven(path)) return false;
  const p = pointerOf(path);
  const n = lengthOf(path);
  const start = lastIndexAfter(p, n, SLASH);
  if (start == n) return false;
  setText(field, sourceOf(path), p + start, n - start);
  return true;
}

function directory(): bool {
  if (!isGiven(S.FIELD_FILE_PATH)) return false;
  const p = pointerOf(S.FIELD_FILE_PATH);
  const slash = lastIndexAfter(p, lengthOf(S.FIELD_FILE_PATH), SLASH);
  if (slash == 0) return false;
  setText(S.FIELD_FILE_DIR, sourceOf(S.FIELD_FILE_PATH), p, slash == 1 ? 1 : slash - 1);
  return true;
}

function extension(): bool {
  if (!isGiven(S.FIELD_FILE_PATH)) return false;
  const p = pointerOf(S.FIELD_FILE_PATH);
  const n = lengthOf(S.FIELD_FILE_PATH);
  const start = lastIndexAfter(p, n, SLASH);
  const dot = lastIndexAfter(p + start, n - start, 0x2e);
  if (dot <= 1 || start + dot == n) return false;
  setText(S.FIELD_FILE_EXT, sourceOf(S.FIELD_FILE_PATH), p + start + dot, n - start - dot);
  return true;
}

function commandLine(): bool {
  if (!isGiven(S.FIELD_PROC_ARGS)) return false;
  const list = pointerOf(S.FIELD_PROC_ARGS);
  const elements = load<u32>(list);
  let at = list + 4;
  let to = joined;
  for (let i: u32 = 0; i < elements; i++) {
    count(1);
    if (i > 0) store<u8>(to++, 0x20);
    const n = load<u32>(at);
    countBytes(n);
    memory.copy(to, at + 4, n);
    to += n;
    at += 4 + ((n + 3) & ~3);
  }
  setText(S.FIELD_PROC_CMDLINE, sourceOf(S.FIELD_PROC_ARGS), joined, <u32>(to - joined));
  return true;
}

/** IPv4 addresses stand as ::ffff:a.b.c.d. */
export function isIPv4(p: usize): bool {
  return load<u64>(p) == 0 && load<u32>(p, 8) == 0xffff0000;
}

function family(): bool {
  const address = isGiven(S.FIELD_NET_REMOTE_IP)
    ? S.FIELD_NET_REMOTE_IP
    : isGiven(S.FIELD_NET_LOCAL_IP)
      ? S.FIELD_NET_LOCAL_IP
      : 0;
  if (address) setText(S.FIELD_NET_FAMILY, MIXED, isIPv4(pointerOf(address)) ? IPV4 : IPV6, 4);
  else if (isGiven(S.FIELD_NET_PATH)) setText(S.FIELD_NET_FAMILY, MIXED, UNIX, 4);
  else return false;
  return true;
}

function privateAddress(): bool {
  if (!isGiven(S.FIELD_NET_REMOTE_IP)) return false;
  setValue(S.FIELD_NET_PRIVATE, sourceOf(S.FIELD_NET_REMOTE_IP), isPrivate(pointerOf(S.FIELD_NET_REMOTE_IP)) ? 1 : 0);
  return true;
}

/** The ranges of semantics, section 2: 0/8, 10/8, 172.16/12, 192.168/16, 100.64/10, 127/8, 169.254/16, ::, ::1, fc00::/7, fe80::/10. */
function isPrivate(p: usize): bool {
  if (isIPv4(p)) {
    const a = <u32>load<u8>(p, 12);
    const b = <u32>load<u8>(p, 13);
    return (
      a == 0 ||
      a == 10 ||
      a == 127 ||
      (a == 172 && (b & 0xf0) == 16) ||
      (a == 192 && b == 168) ||
      (a == 100 && (b & 0xc0) == 64) ||
      (a == 169 && b == 254)
    );
  }
  const a = <u32>load<u8>(p);
  const b = <u32>load<u8>(p, 1);
  if ((a & 0xfe) == 0xfc || (a == 0xfe && (b & 0xc0) == 0x80)) return true;
  const last = load<u64>(p, 8);
  return load<u64>(p) == 0 && (last == 0 || last == 0x0100000000000000);
}

/** A digest begins at the first `@`; a tag follows the last `:` of the rest, if no `/` follows it. */
function image(field: u32): bool {
  if (!isGiven(S.FIELD_CONTAINER_IMAGE)) return false;
  const p = pointerOf(S.FIELD_CONTAINER_IMAGE);
  let n = lengthOf(S.FIELD_CONTAINER_IMAGE);
  countBytes(n);
  for (let i: u32 = 0; i < n; i++) {
    if (load<u8>(p + i) == 0x40) n = i;
  }
  const colon = lastIndexAfter(p, n, 0x3a);
  const tagged = colon > lastIndexAfter(p, n, SLASH);
  const source = sourceOf(S.FIELD_CONTAINER_IMAGE);
  if (field == S.INTERNAL_IMAGE_NAME) {
    setText(field, source, p, tagged ? colon - 1 : n);
    return true;
  }
  if (!tagged || colon == n) return false;
  setText(field, source, p + colon, n - colon);
  return true;
}

function workloadClass(): bool {
  if (isGiven(S.FIELD_K8S_POD)) setText(S.FIELD_HOST_CLASS, MIXED, KUBERNETES, 10);
  else if (isGiven(S.FIELD_CONTAINER_ID)) setText(S.FIELD_HOST_CLASS, MIXED, CONTAINER, 9);
  else setText(S.FIELD_HOST_CLASS, MIXED, HOST, 4);
  return true;
}

/** A class that was derived is of no one record. */
function givenClass(): bool {
  if (!isGiven(S.FIELD_HOST_CLASS) || sourceOf(S.FIELD_HOST_CLASS) == MIXED) return false;
  const source = sourceOf(S.FIELD_HOST_CLASS);
  setText(S.INTERNAL_GIVEN_CLASS, source, pointerOf(S.FIELD_HOST_CLASS), lengthOf(S.FIELD_HOST_CLASS));
  return true;
}

/** A container whose metadata have not arrived: its id is there and nothing else of `container` or `k8s` (semantics, 5.7). */
export function isUnknownWorkload(): bool {
  if (!isGiven(S.FIELD_CONTAINER_ID)) return false;
  for (let field = S.FIELD_CONTAINER_ID + 1; field <= S.FIELD_K8S_CLUSTER_LABELS; field++) {
    // image_tag is derived from an image that is not given either, so asking for given fields is enough
    if (isGiven(field)) return false;
  }
  return true;
}

/** The fields that a field's value can come from, a byte each, 0 for none: itself, and what it is derived from. */
export function originsOf(field: u32): u32 {
  switch (field) {
    case S.FIELD_PROC_NAME:
      return origins(field, S.FIELD_PROC_PATH, 0, 0);
    case S.FIELD_PROC_PNAME:
      return origins(field, S.FIELD_PROC_PPATH, 0, 0);
    case S.FIELD_PROC_CALLER_NAME:
      return origins(field, S.FIELD_PROC_CALLER_PATH, 0, 0);
    case S.FIELD_FILE_NAME:
    case S.FIELD_FILE_DIR:
    case S.FIELD_FILE_EXT:
      return origins(field, S.FIELD_FILE_PATH, 0, 0);
    case S.FIELD_PROC_CMDLINE:
      return origins(field, S.FIELD_PROC_ARGS, 0, 0);
    case S.FIELD_NET_FAMILY:
      return origins(field, S.FIELD_NET_REMOTE_IP, S.FIELD_NET_LOCAL_IP, S.FIELD_NET_PATH);
    case S.FIELD_NET_PRIVATE:
      return origins(field, S.FIELD_NET_REMOTE_IP, 0, 0);
    case S.FIELD_CONTAINER_IMAGE_TAG:
    case S.INTERNAL_IMAGE_NAME:
      return origins(field, S.FIELD_CONTAINER_IMAGE, 0, 0);
    case S.FIELD_HOST_CLASS:
      return origins(field, S.FIELD_K8S_POD, S.FIELD_CONTAINER_ID, 0);
    case S.INTERNAL_GIVEN_CLASS:
      return origins(field, S.FIELD_HOST_CLASS, 0, 0);
    default:
      return field;
  }
}

function origins(field: u32, a: u32, b: u32, c: u32): u32 {
  return field | (a << 8) | (b << 16) | (c << 24);
}
