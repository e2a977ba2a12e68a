/** The part of WebAssembly's interface that the host uses; the rest of the DOM's types stays out of this project. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: Record<string, unknown>;
    constructor(module: Module);
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module): Promise<Instance>;
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
