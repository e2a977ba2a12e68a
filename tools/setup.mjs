/**
 * Makes a checkout ready: npm packages, system packages, everything that is built. Quick when nothing has changed.
 * Plain JavaScript without dependencies, because nothing can be assumed to be there but Node.
 * Usage: node tools/setup.mjs --for build|test|demo|hosts|check
 */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Lictor needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(1);
}

const purpose = process.argv[process.argv.indexOf('--for') + 1];
const TSX = ['--import', 'tsx'];
const BUILD = ['build', 'test', 'demo', 'hosts'];

/** What a Wasm module is compiled with. */
const COMPILER = ['asconfig.json', 'tools/compile-wasm.mjs', 'tools/inlining.mjs', 'package-lock.json'];

/** In order: later steps read what earlier ones write. */
const STEPS = [
  {
    name: 'generated files',
    purposes: BUILD,
    inputs: [
      'vm/spec',
      'tools/generate.ts',
      'tools/generate',
      'compiler/diagnostics',
      'shim/sensors/layout.ts',
      'shim/performer/layout.ts',
      'shim/opens/layout.ts',
      'test/vm/module.sha256',
      'test/component/component.sha256',
      'shim/doctor/differences.ts',
      'shim/doctor/uncovered.ts',
      'shim/doctor/mechanisms.ts',
      'policies',
      'cli',
    ],
    outputs: ['vm/assembly/generated/spec.ts', 'shim/bpf/generated/lictor_spec.h'],
    needs: [],
    command: [...TSX, 'tools/generate.ts'],
  },
  {
    name: 'the virtual machine',
    purposes: BUILD,
    inputs: ['vm/assembly', ...COMPILER, 'tools/build-wasm.mjs'],
    outputs: ['dist/lictor-vm.wasm', 'dist/lictor-vm-counting.wasm'],
    needs: [],
    command: ['tools/build-wasm.mjs'],
  },
  {
    name: 'the component',
    purposes: ['hosts'],
    inputs: [
      ...['vm/assembly', 'vm/component', ...COMPILER],
      ...['tools/build-component.mjs', 'tools/jco/package.json', 'tools/jco/package-lock.json'],
    ],
    outputs: ['dist/lictor-policy.wasm', 'dist/component/lictor-policy.js'],
    needs: [],
    command: ['tools/build-component.mjs'],
  },
  {
    name: 'the eBPF programs',
    purposes: BUILD,
    inputs: ['shim/bpf', 'tools/build-bpf.mjs'],
    outputs: [],
    needs: ['clang', 'llvm', 'libbpf-dev', 'linux-libc-dev'],
    command: ['tools/build-bpf.mjs'],
  },
  {
    name: 'the launcher and the library of the guard',
    purposes: BUILD,
    inputs: ['shim/launcher', 'shim/performer', 'shim/opens', 'tools/build-native.mjs'],
    outputs: ['dist/lictor-launch', 'dist/lictor-guard.so'],
    needs: ['gcc', 'libc6-dev', 'linux-libc-dev'],
    command: ['tools/build-native.mjs'],
  },
  {
    name: 'the command line',
    purposes: BUILD,
    inputs: [
      ...['cli', 'compiler', 'shim', 'vm/bundle', 'vm/event', 'vm/host', 'vm/listing', 'vm/reference', 'vm/spec'],
      ...['tools/build-cli.mjs', 'package.json', 'package-lock.json'],
    ],
    outputs: ['dist/lictor.js', 'dist/demo.js'],
    needs: [],
    command: ['tools/build-cli.mjs'],
  },
  {
    name: 'the TypeScript host',
    purposes: BUILD,
    inputs: [
      ...['vm/bundle', 'vm/event', 'vm/host', 'vm/hosts/javascript', 'vm/spec', 'test/vectors/read.ts'],
      ...['test/engines/run.ts', 'test/engines/terminal.ts', 'test/engines/page.ts'],
      ...['tools/build-javascript.mjs', 'package.json', 'package-lock.json'],
    ],
    outputs: ['dist/vm.js', 'dist/vm.d.ts', 'dist/events.js', 'dist/events.d.ts', 'dist/javascript/vectors.js'],
    needs: [],
    command: ['tools/build-javascript.mjs'],
  },
];

if (![...BUILD, 'check'].includes(purpose)) {
  console.error('usage: node tools/setup.mjs --for build|test|demo|hosts|check');
  process.exit(64);
}
const { dependencies } = await import('./setup/dependencies.mjs');
const { systemPackages } = await import('./setup/packages.mjs');
const { runStep } = await import('./setup/steps.mjs');

dependencies();
const missing = systemPackages(purpose);
for (const step of STEPS) if (step.purposes.includes(purpose)) runStep(step, missing);
