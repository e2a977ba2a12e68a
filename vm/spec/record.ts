/**
 * Layout of a binary event record, and of the facts of a subject or a workload (the same form, kind 0).
 * Little-endian. A header, `slots` slots, then the bytes that slots point to. Data only.
 *
 *     0        4    5       6      8     16       24        32      40      44
 *     | size   |kind|version| slots| time| subject| workload| token | flags | 0 |   48 bytes
 *     | field u16 | 0 u16 | length u32 | value u64 |                              16 bytes a slot
 *     | ... strings, lists, addresses ...                                      |  padded to a multiple of 8
 *
 * Slot by type:  int, uint, bool, flags: `value` is the value, `length` 8.
 *                string, address: `value` is the offset from the record's start, `length` the bytes (16 for an
 *                address, IPv4 as ::ffff:a.b.c.d).
 *                list, map: `value` is the offset of a u32 count, then for each element a u32 length and its bytes,
 *                each element padded to 4; `length` the bytes of all that. A map alternates keys and values.
 * A slot whose field is 0 is empty. A field may stand once.
 */
export const RECORD_VERSION = 1;

export const RECORD = {
  header: 48,
  slot: 16,
  size: 0, // u32, the whole record, a multiple of 8
  kind: 4, // u8, 0 for facts
  version: 5, // u8, RECORD_VERSION
  slots: 6, // u16
  time: 8, // u64, ns since 1970, 0: not given
  subject: 16, // u64 key, 0: none
  workload: 24, // u64 key, 0: none
  token: 32, // u64, opaque: returned untouched to whoever asked
  flags: 40, // u32, RECORD_FLAGS
  reserved: 44, // u32, 0
} as const;

export const SLOT = { field: 0, reserved: 2, length: 4, value: 8 } as const;

/** Header of a record in a BPF ring buffer (linux/bpf.h): a u32 length with two flags, a u32 page offset. */
export const RING = { header: 8, busy: 0x80000000, discard: 0x40000000, align: 8 } as const;

/** Said by the sensor about the record: set by the kernel side, read by the shim, ignored by a verdict. */
export const RECORD_FLAGS = {
  synchronous: 1, // an operation waits for the answer
  after: 2, // the operation took effect already
  incomplete: 4, // something that the kind needs could not be read: whoever acts on the verdict fails closed
  lexical: 8, // paths are joined from what was written, symlinks not followed, until the shim settles them
  follow: 16, // with `lexical`: the operation follows a symlink at the end of the path
} as const;
