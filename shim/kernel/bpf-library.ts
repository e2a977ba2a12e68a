/** The part of libbpf (1.1 or newer) and libc that the BPF modules call. Bound when first used, in each thread. */
import koffi from 'koffi';
import { kernelError, type KernelError } from './bpf-error.ts';

/** Address of something that libbpf owns; 0 is none. */
export type Pointer = bigint;

/** struct bpf_object_open_opts of libbpf 1.1; newer versions accept it by its size. */
const OPEN_OPTIONS = {
  sz: 'size_t',
  object_name: 'void *',
  relaxed_maps: 'bool',
  pin_root_path: 'void *',
  unused: 'uint32_t',
  kconfig: 'void *',
  btf_custom_path: 'void *',
  kernel_log_buf: 'void *',
  kernel_log_size: 'size_t',
  kernel_log_level: 'uint32_t',
} as const;

const bind = () => {
  const bpf = koffi.load('libbpf.so.1');
  const options = koffi.struct(OPEN_OPTIONS);
  const library = {
    optionsBytes: koffi.sizeof(options),
    setPrint: bpf.func('libbpf_set_print', 'void *', ['void *']),
    openFile: bpf.func('bpf_object__open_file', 'void *', ['str', koffi.pointer(options)]),
    load: bpf.func('bpf_object__load', 'int', ['void *']),
    close: bpf.func('bpf_object__close', 'void', ['void *']),
    findMap: bpf.func('bpf_object__find_map_by_name', 'void *', ['void *', 'str']),
    findProgram: bpf.func('bpf_object__find_program_by_name', 'void *', ['void *', 'str']),
    nextProgram: bpf.func('bpf_object__next_program', 'void *', ['void *', 'void *']),
    programName: bpf.func('bpf_program__name', 'str', ['void *']),
    programFd: bpf.func('bpf_program__fd', 'int', ['void *']),
    setAutoload: bpf.func('bpf_program__set_autoload', 'int', ['void *', 'bool']),
    setAttachType: bpf.func('bpf_program__set_expected_attach_type', 'int', ['void *', 'int']),
    attach: bpf.func('bpf_program__attach', 'void *', ['void *']),
    attachType: bpf.func('bpf_program__expected_attach_type', 'int', ['void *']),
    attachTo: bpf.func('bpf_prog_attach', 'int', ['int', 'int', 'int', 'uint32_t']),
    destroyLink: bpf.func('bpf_link__destroy', 'int', ['void *']),
    mapFd: bpf.func('bpf_map__fd', 'int', ['void *']),
    reuseFd: bpf.func('bpf_map__reuse_fd', 'int', ['void *', 'int']),
    setMaxEntries: bpf.func('bpf_map__set_max_entries', 'int', ['void *', 'uint32_t']),
    update: bpf.func('bpf_map_update_elem', 'int', ['int', 'void *', 'void *', 'uint64_t']),
    lookup: bpf.func('bpf_map_lookup_elem', 'int', ['int', 'void *', 'void *']),
    remove: bpf.func('bpf_map_delete_elem', 'int', ['int', 'void *']),
    nextKey: bpf.func('bpf_map_get_next_key', 'int', ['int', 'void *', 'void *']),
    infoByFd: bpf.func('bpf_obj_get_info_by_fd', 'int', ['int', 'void *', 'void *']),
    cpus: bpf.func('libbpf_num_possible_cpus', 'int', []),
  };
  // libbpf would write to standard error, which may be the workload's. The verifier's log comes by its own buffer.
  library.setPrint(null);
  return library;
};

export type Library = ReturnType<typeof bind>;

let bound: Library | null = null;

/** @returns the bound functions, or why libbpf is not there */
export const library = (): { readonly library: Library } | { readonly error: KernelError } => {
  try {
    bound ??= bind();
    return { library: bound };
  } catch (cause) {
    return { error: kernelError('load libbpf.so.1 (Debian: apt-get install libbpf1)', 2, String(cause)) };
  }
};

/** For modules that hold something libbpf made: it cannot be absent there. */
export const boundLibrary = (): Library => {
  const found = library();
  if ('error' in found) throw new Error('BUG: libbpf is gone');
  return found.library;
};
