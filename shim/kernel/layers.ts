/**
 * Whether a file lies in the writable layer of its overlay: then it was not in the image, or was changed since. No system
 * call tells; a program in the kernel looks at the inode behind a descriptor (shim/bpf/layer.bpf.c), so what it says is of
 * the object itself, whatever becomes of its path.
 */
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';
import { openObject, type BpfObject, type KernelError } from './bpf.ts';

const bind = () =>
  koffi.load(assetPath('lictor-guard.so')).func('lictor_layer', 'int', ['int', 'int', 'int']) as (
    program: number,
    descriptor: number,
    made: number,
  ) => number;

export class Layers {
  /** Descriptor of the program. */
  readonly program: number;
  readonly #ask = bind();

  private constructor(readonly object: BpfObject) {
    this.program = object.programFd('layer');
  }

  static open(): { readonly layers: Layers } | { readonly error: KernelError } {
    const opened = openObject(assetPath('bpf/layer.bpf.o'));
    if ('error' in opened) return opened;
    const loaded = opened.spec.load();
    return 'error' in loaded ? loaded : { layers: new Layers(loaded.object) };
  }

  /**
   * @param fd own descriptor of the file, O_PATH will do
   * @returns null where it cannot be told
   */
  isUpper(fd: number): boolean | null {
    const answer = this.#ask(this.program, fd, 0);
    return answer < 0 ? null : answer === 1;
  }

  close(): void {
    this.object.close();
  }
}
