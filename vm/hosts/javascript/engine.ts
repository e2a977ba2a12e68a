/** The core module, compiled. */
import { Vm } from '../../host/vm.ts';
import { hex, sha256 } from './digest.ts';
import { LictorError } from './error.ts';
import { ABI_VERSION, MODULE_DIGEST } from './generated/spec.ts';

/** The core module, compiled: once a process, or a page. Hosts are made from it. */
export class Engine {
  /** To be handed to a worker, which makes an engine of it with `Engine.of`. */
  readonly module: WebAssembly.Module;

  private constructor(module: WebAssembly.Module) {
    this.module = module;
  }

  /**
   * @param bytes of `lictor-vm.wasm`, as the package carries it
   * @throws LictorError `module` where they are not those that this package was made for
   */
  static async compile(bytes: Uint8Array | ArrayBuffer): Promise<Engine> {
    const module = new Uint8Array(bytes instanceof ArrayBuffer ? bytes : bytes.slice());
    if (hex(await sha256(module)) !== MODULE_DIGEST) {
      throw new LictorError('module', 'lictor-vm.wasm is not the module that this package was made for');
    }
    return new Engine(await WebAssembly.compile(module));
  }

  /**
   * For a module that is compiled already, by another thread or a bundler: its bytes cannot be seen any more, so only its
   * interface is checked, when it is instantiated.
   */
  static of(module: WebAssembly.Module): Engine {
    return new Engine(module);
  }

  /**
   * @returns an instance of its own
   * @throws LictorError `interface` where the module has another ABI
   */
  async instantiate(): Promise<Vm> {
    const vm = new Vm(await WebAssembly.instantiate(this.module));
    if (vm.raw.abi_version?.() !== ABI_VERSION) {
      throw new LictorError('interface', 'lictor-vm.wasm has another interface');
    }
    return vm;
  }
}
