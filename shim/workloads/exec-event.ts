/** What a sensor's record of an exec says of the process: program and identity, without `/proc`. */
import { fieldId, type Event, type Value } from '../../vm/event/index.ts';
import { DESCRIPTOR_TYPES, type Streams } from './descriptor-types.ts';
import { NOTHING, type Identity, type Image, type Text } from './process.ts';

const FIELD = Object.fromEntries(
  (
    'path invoked args comm cwd ppid uid euid gid loginuid session interactive caps permitted vpid upper_layer ' +
    'group_leader file_owner_uid file_mode stdin_type stdout_type stderr_type env'
  )
    .split(' ')
    .map((name) => [name, fieldId(`proc.${name}`)]),
);
const TRUNCATED = fieldId('event.truncated');

const value = (event: Event, name: string): Value | undefined => event.values.get(FIELD[name]);

const text = (event: Event, name: string, otherwise: Text = NOTHING): Text => {
  const found = value(event, name);
  return typeof found === 'string' ? Buffer.from(found, 'latin1') : otherwise;
};

const number = (event: Event, name: string, otherwise: number): number => {
  const found = value(event, name);
  return typeof found === 'bigint' ? Number(found) : otherwise;
};

const low = (flags: Value | undefined, otherwise: number): number =>
  typeof flags === 'bigint' ? Number(BigInt.asUintN(32, flags)) : otherwise;

const high = (flags: Value | undefined, otherwise: number): number =>
  typeof flags === 'bigint' ? Number(flags >> 32n) : otherwise;

/** A list, a zero byte behind each element. */
const list = (event: Event, name: string): Text => {
  const found = value(event, name);
  return Array.isArray(found) ? Buffer.from(found.map((element) => `${element}\0`).join(''), 'latin1') : NOTHING;
};

/** A name that is none, or no name, is the number of a closed one: 255 in a byte. */
const streams = (event: Event): Streams =>
  Uint8Array.from(['stdin', 'stdout', 'stderr'], (name) =>
    DESCRIPTOR_TYPES.indexOf(value(event, `${name}_type`) as string),
  );

export const imageOfEvent = (event: Event): Image => {
  const truncated = event.values.get(TRUNCATED);
  const isCut = (name: string): boolean => Array.isArray(truncated) && truncated.includes(name);
  return {
    path: text(event, 'path'),
    invoked: text(event, 'invoked'),
    script: NOTHING,
    args: list(event, 'args'),
    argsCut: isCut('proc.args'),
    env: list(event, 'env'),
    envCut: isCut('proc.env'),
    upper: value(event, 'upper_layer') === true,
    owner: number(event, 'file_owner_uid', -1),
    mode: number(event, 'file_mode', -1),
    streams: streams(event),
  };
};

/** @param before what was known; the parent of an orphan stays the one that it had */
export const identityOfEvent = (event: Event, before: Identity, users: ReadonlyMap<number, Text>): Identity => {
  const uid = number(event, 'uid', before.uid);
  const caps = value(event, 'caps');
  const permitted = value(event, 'permitted');
  return {
    ppid: before.ppid,
    uid,
    euid: number(event, 'euid', before.euid),
    gid: number(event, 'gid', before.gid),
    comm: text(event, 'comm', before.comm),
    cwd: text(event, 'cwd', before.cwd),
    user: users.get(uid) ?? NOTHING,
    loginuid: number(event, 'loginuid', before.loginuid),
    session: number(event, 'session', before.session),
    interactive: value(event, 'interactive') === true,
    capsLow: low(caps, before.capsLow),
    capsHigh: high(caps, before.capsHigh),
    permittedLow: low(permitted, before.permittedLow),
    permittedHigh: high(permitted, before.permittedHigh),
    vpid: number(event, 'vpid', before.vpid),
    groupLeader: value(event, 'group_leader') === true,
  };
};
