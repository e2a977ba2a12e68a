/** The machine from the disk, with Node. */
import { readFileSync } from 'node:fs';
import { assetPath } from './assets.ts';
import { Vm } from './vm.ts';

const modules = new Map<string, WebAssembly.Module>();

/** Compiles a module once a process. */
const moduleOf = (asset: string): WebAssembly.Module => {
  let module = modules.get(asset);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(assetPath(asset)));
    modules.set(asset, module);
  }
  return module;
};

/**
 * @param options.counting take the counting build, whose `takeSteps` says how many steps were taken
 * @returns a machine with an instance of its own
 */
export const createVm = (options: { readonly counting?: boolean } = {}): Vm =>
  new Vm(new WebAssembly.Instance(moduleOf(options.counting ? 'lictor-vm-counting.wasm' : 'lictor-vm.wasm')));
