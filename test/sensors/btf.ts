/** Structs of a compiled BPF object, as its BTF describes them, read through libbpf. */
import koffi from 'koffi';

const KIND_STRUCT = 4;
const INFO = { name: 0, vlen: 4, size: 8, bytes: 12 } as const;
const MEMBER = { name: 0, bitOffset: 8, bytes: 12 } as const;

export interface BtfStruct {
  readonly size: number;
  /** Byte offsets by member name. */
  readonly offsets: Readonly<Record<string, number>>;
}

/**
 * @param path of a `.bpf.o`
 * @param names of structs
 * @returns those that the object has, by name
 */
export const structsOf = (path: string, names: readonly string[]): ReadonlyMap<string, BtfStruct> => {
  const bpf = koffi.load('libbpf.so.1');
  const parse = bpf.func('btf__parse', 'void *', ['str', 'void *']);
  const find = bpf.func('btf__find_by_name_kind', 'int', ['void *', 'str', 'uint32_t']);
  const typeById = bpf.func('btf__type_by_id', 'void *', ['void *', 'uint32_t']);
  const nameByOffset = bpf.func('btf__name_by_offset', 'str', ['void *', 'uint32_t']);
  const free = bpf.func('btf__free', 'void', ['void *']);
  const btf: bigint = parse(path, null);
  const found = new Map<string, BtfStruct>();
  for (const name of names) {
    const id: number = find(btf, name, KIND_STRUCT);
    if (id < 0) continue;
    const type: bigint = typeById(btf, id);
    const head = new DataView(koffi.view(type, INFO.bytes));
    const members = head.getUint32(INFO.vlen, true) & 0xffff;
    const body = new DataView(koffi.view(type, INFO.bytes + members * MEMBER.bytes), INFO.bytes);
    const offsets: Record<string, number> = {};
    for (let i = 0; i < members; i++) {
      const at = i * MEMBER.bytes;
      const member: string = nameByOffset(btf, body.getUint32(at + MEMBER.name, true));
      offsets[member] = (body.getUint32(at + MEMBER.bitOffset, true) & 0xffffff) / 8;
    }
    found.set(name, { size: head.getUint32(INFO.size, true), offsets });
  }
  free(btf);
  return found;
};
