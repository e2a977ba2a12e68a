/**
 * What BPF programs and the shim say to each other beside event records: the values of maps. Data only; the C structs
 * are generated from it (`shim/bpf/generated/lictor_spec.h`) and a test compares the compiled objects' BTF with it.
 */

import { LIMITS } from '../../vm/spec/limits.ts';

export type Scalar = 'u8' | 'u16' | 'u32' | 'u64';
/** Bytes of `sun_path`. */
export const SUN_PATH_BYTES = 108;

export const SCALAR_BYTES: Readonly<Record<Scalar, number>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

export interface Member {
  readonly name: string;
  readonly type: Scalar;
  /** Elements of an array; absent: a scalar. */
  readonly count?: number;
  readonly doc: string;
}
/** A line of a struct. */
export const member = (name: string, type: Scalar, doc: string, count?: number): Member => ({ name, type, count, doc });

/** Bytes of a packet with a DNS query that are looked at: what fits into the frames of most networks. */
export const QUERY_BYTES = 1536;

/** Members stand without padding: each is aligned by those before it, and a size is a multiple of its widest member. */
export const STRUCTS = {
  /** Value of `counters`, an element for each kind id, once a CPU. */
  counters: [
    member('emitted', 'u64', 'records handed to the ring'),
    member('lost', 'u64', 'records for which the ring had no room'),
    member('unresolved', 'u64', 'paths that could not be walked or do not fit: the record says `incomplete`'),
    member('unread', 'u64', 'memory of the process or of the kernel that could not be read'),
    member('cut', 'u64', 'lists that were cut: named in event.truncated'),
    member('unlinked', 'u64', 'objects without a name any more: their path ends in ` (deleted)`'),
  ],
  /** Value of `settings`, of which there is one. */
  settings: [
    member('tai_offset', 'u64', 'ns by which CLOCK_TAI is ahead of CLOCK_REALTIME'),
    member('kinds', 'u64', 'bit set of the kind ids that are wanted'),
    member('held', 'u64', 'of these, what does not take effect before it is answered'),
    member('unasked', 'u64', 'of these, what is wanted only of opens that fanotify does not ask about'),
    member('fields', 'u64', 'bit set of WANTED: what is written only where somebody reads it'),
  ],
  /** Value of `calls`, by system call number: how to read its arguments (shim/sensors/calls.ts). */
  call: [
    member('kind', 'u8', 'kind id, 0: not watched'),
    member('shape', 'u8', 'CALL_SHAPES'),
    member('folder', 'u8', 'argument with the folder descriptor of `path`, NO_ARGUMENT: the working directory'),
    member('path', 'u8', 'argument with the path, or with the descriptor where the shape is `descriptor`'),
    member('folder2', 'u8', 'as `folder`, of the second path'),
    member('path2', 'u8', 'argument with the second path or, of a symlink, with its target'),
    member('flags', 'u8', 'argument with flags, NO_ARGUMENT: none'),
    member('type', 'u8', 'bit of file.type that the object gets, or ANY_TYPE, MODE_TYPE'),
    member('follow', 'u8', 'FOLLOW: whether a symlink at the end of the path is followed'),
    member('new_mode', 'u8', 'argument with the mode that is asked for, NO_ARGUMENT: none'),
    member('new_owner', 'u8', 'argument with the owner that is asked for, NO_ARGUMENT: none'),
    member('attribute_length', 'u8', 'bytes of `attribute`, 0: it changes none'),
    member('attribute', 'u8', 'file.attribute: which one it changes', 8),
    member('follow_bits', 'u32', 'of `flags`, for `unless` and `when`'),
    member('test', 'u32', 'bits of `flags` that decide whether the call is meant at all; 0: always'),
    member('value', 'u32', 'what these bits must be'),
    member('value2', 'u32', 'or be'),
  ],
  /** Value of `traced`, by system call number: those of the kind `syscall`. */
  traced: [
    member('traced', 'u8', '1: a record is wanted'),
    member('returns', 'u8', '0: the call does not come back, so the record is made when it begins'),
    member('strings', 'u8', 'bit set of the arguments that are paths or names'),
    member('descriptor', 'u8', '1: argument 0 is a descriptor'),
    member('length', 'u8', 'bytes of `name`'),
    member('name', 'u8', 'name of the call', 27),
  ],
  /** Value of `capabilities`, by capability number. */
  name: [member('length', 'u8', 'bytes of `name`'), member('name', 'u8', 'name of the capability', 31)],
  /** Stands behind the record of a DNS query: its packet, of which the shim reads the question, and what an answer needs. */
  query: [
    member('cookie', 'u64', 'of the socket'),
    member('sequence', 'u32', 'TCP: number of the first byte of the message in its stream'),
    member('connection', 'u32', 'TCP: number of the connection, of those that the socket had'),
    member('interface', 'u32', 'index of the network interface that it leaves by'),
    member('protocol', 'u32', 'IPPROTO number'),
    member('transport', 'u16', 'place of the UDP or TCP header in `packet`'),
    member('message', 'u16', 'place of the DNS message in `packet`'),
    member('length', 'u32', 'bytes of `packet` that count; 0: they could not be copied'),
    member('packet', 'u8', 'IP and transport headers, and one message', QUERY_BYTES),
  ],
  /** Key of `answered`: a message of a TCP stream that may leave. */
  answered_key: [
    member('cookie', 'u64', 'as in `query`'),
    member('sequence', 'u32', 'as in `query`'),
    member('connection', 'u32', 'as in `query`'),
  ],
  /** Value of `streams`, of a TCP socket: how far its messages are decided. */
  stream: [
    member('subject', 'u64', 'who connected'),
    member('next', 'u32', 'number of the first byte that has not left'),
    member('asked', 'u32', 'number of the first byte that nobody was asked about'),
    member('connection', 'u32', 'as in `query`'),
    member('zero', 'u32', '0'),
  ],
  /** Key of `tokens`. */
  token_key: [
    member('thread', 'u32', 'thread id'),
    member('place', 'u32', 'of the message that it is for; 0: the first, or the only address'),
  ],
  /** Value of `tokens`: what a thread that the supervisor has let continue may reach. */
  token: [
    member('operation', 'u16', 'GATE_OPERATIONS'),
    member('protocol', 'u16', 'IPPROTO number of the socket; of MPTCP that of TCP'),
    member('port', 'u16', 'port, host order; of a unix socket 0'),
    member('length', 'u16', 'bytes of `name`'),
    member('more', 'u16', 'of the first: how many others follow'),
    member('used', 'u16', 'of the first: how many the kernel has come to'),
    member('name', 'u8', 'IPv6, or IPv4 as ::ffff:a.b.c.d; of a unix socket what follows its family', SUN_PATH_BYTES),
  ],
  /** Key of `management`: the longest prefix of the 128-bit form that matches. */
  prefix: [member('bits', 'u32', 'length of the prefix, of 128'), member('address', 'u8', 'as in a token', 16)],
  /** Value of `gate_counters`, once a CPU. */
  gate_counters: [
    member('passed', 'u64', 'socket operations that matched their token'),
    member('missing', 'u64', 'refused: the thread had no token'),
    member('mismatch', 'u64', "refused: the kernel's address is another one than the token's"),
    member('isolated', 'u64', 'packets dropped because the workload is isolated'),
  ],
  /** Value of `decided_arguments` and `decided_environment`, by thread id: what was decided on of the exec that it is in. */
  strings: [
    member('length', 'u32', 'bytes that count; behind them zeros up to the next multiple of 256'),
    member('cut', 'u32', 'not 0: the program may have more'),
    member('bytes', 'u8', 'as they lie in memory: a zero behind each', LIMITS.textBytes.value),
  ],
  /** Value of `decided_streams`, by thread id. */
  streams: [member('types', 'u8', 'of descriptors 0, 1 and 2, as the exec leaves them: numbers of types', 3)],
  /** Value of `binding_counters`, by BOUND, once a CPU. */
  binding_counters: [
    member('same', 'u64', 'programs that were started with what was decided'),
    member('changed', 'u64', 'killed: with something else'),
    member('undecided', 'u64', 'killed: nobody had decided'),
  ],
  /** Context of the program `layer`, which answers with a number of LAYERS. */
  layer_question: [
    member('descriptor', 'u32', 'of the thread that asks'),
    member('made', 'u32', 'not 0: it is a folder, and the question is about what will be made in it'),
  ],
} as const satisfies Readonly<Record<string, readonly Member[]>>;

/** Where a file lies in an overlay: not in its writable layer, or on no overlay; in it; nobody can tell. */
export const LAYERS = ['lower', 'upper', 'unknown'] as const;

/** How a watched call names its object. */
export const CALL_SHAPES = [
  'none',
  'open',
  'creat',
  'openat2',
  'path',
  'descriptor',
  'mapping',
  'pair',
  'symlink',
  'socket',
] as const;
export const FOLLOW = ['never', 'always', 'unless', 'when'] as const;
export const NO_ARGUMENT = 255;
/** The object is asked for its type, where it is at hand. */
export const ANY_TYPE = 255;
/** `flags` is a mode with the type in it. */
export const MODE_TYPE = 254;
/** Numbers of system calls that `calls` has room for. */
export const CALL_NUMBERS = 512;

/** Fields that records carry only where somebody reads them, a bit each. */
export const WANTED = { 'proc.age': 1, 'proc.env': 2 } as const;
export type Wanted = keyof typeof WANTED;

/** What an exec is bound to, by number. */
export const BOUND = { arguments: 0, environment: 1, streams: 2 } as const;

/** In place of the number of a type: no descriptor. */
export const CLOSED = 255;

/** In the order of their numbers, from 1. */
export const GATE_OPERATIONS = { connect: 1, bind: 2, send: 3 } as const;

/** Bytes of the process name (TASK_COMM_LEN). */
export const COMM_BYTES = 16;

export interface Layout {
  readonly size: number;
  readonly offsets: Readonly<Record<string, number>>;
}

/** @returns offset of each member of a struct, and the size of the whole */
export const layoutOf = (name: keyof typeof STRUCTS): Layout => layoutOfMembers(name, STRUCTS[name]);

/** @param name for the message should a member not be aligned */
export const layoutOfMembers = (name: string, members: readonly Member[]): Layout => {
  const offsets: Record<string, number> = {};
  let at = 0;
  let widest = 1;
  for (const { name: of, type, count } of members) {
    const bytes = SCALAR_BYTES[type];
    if (at % bytes !== 0) throw new Error(`BUG: ${name}.${of} is not aligned`);
    offsets[of] = at;
    at += bytes * (count ?? 1);
    widest = Math.max(widest, bytes);
  }
  if (at % widest !== 0) throw new Error(`BUG: ${name} has padding at its end`);
  return { size: at, offsets };
};

/** Writes one struct for a map; numbers by member name, absent ones are 0. */
export const encodeStruct = (
  name: keyof typeof STRUCTS,
  values: Readonly<Record<string, number | bigint | Uint8Array>>,
): Uint8Array => {
  const { size, offsets } = layoutOf(name);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const { name: of, type } of STRUCTS[name] as readonly Member[]) {
    const value = values[of];
    if (value === undefined) continue;
    if (value instanceof Uint8Array) bytes.set(value, offsets[of]);
    else if (type === 'u64') view.setBigUint64(offsets[of], BigInt(value), true);
    else if (type === 'u32') view.setUint32(offsets[of], Number(value), true);
    else if (type === 'u16') view.setUint16(offsets[of], Number(value), true);
    else view.setUint8(offsets[of], Number(value));
  }
  return bytes;
};

/**
 * Sums a struct of u64 counters over the CPUs.
 *
 * @param perCpu what `BpfMap.lookup` gave for a per-CPU map
 */
export const sumCounters = (
  name: 'counters' | 'gate_counters' | 'binding_counters',
  perCpu: Uint8Array,
): Readonly<Record<string, number>> => {
  const { size, offsets } = layoutOf(name);
  const view = new DataView(perCpu.buffer, perCpu.byteOffset, perCpu.byteLength);
  const sums: Record<string, number> = {};
  for (const [of, offset] of Object.entries(offsets)) {
    let sum = 0n;
    for (let at = 0; at < perCpu.length; at += size) sum += view.getBigUint64(at + offset, true);
    sums[of] = Number(sum);
  }
  return sums;
};
