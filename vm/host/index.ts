export { Vm, VmError } from './vm.ts';
export { VmBundle } from './bundle.ts';
export { assetPath } from './assets.ts';
export { createVm } from './local.ts';
