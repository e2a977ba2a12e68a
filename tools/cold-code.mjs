/**
 * A transform of the AssemblyScript compiler: code that no event runs, or few do, is not inlined. The optimizer copies small
 * functions into each of their callers, which pays on the path of an event and is a tenth of the module elsewhere.
 */
const COLD = [
  'verify/*',
  'facts/*',
  'prepare/*',
  'notes/*',
  'bundles/*',
  'keys/*',
  'fields/setText',
  'text/lastIndexAfter',
].map((name) => `vm/assembly/${name}`);

export default class ColdCode {
  /** Called with the module before it is optimized. */
  afterCompile(module) {
    for (const pattern of [...COLD, '~lib/rt/*']) {
      this.binaryen.setPassArgument('no-inline', pattern);
      module.runPasses(['no-inline']);
    }
    this.binaryen.setPassArgument('no-inline', null);
  }
}
