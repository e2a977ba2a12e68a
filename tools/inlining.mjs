/**
 * A transform of the AssemblyScript compiler: what is inlined beyond what its optimizer chooses. That copies small functions
 * into each of their callers, which pays on the path of an event and is a tenth of the module elsewhere.
 */
import { DecoratorFlags } from 'assemblyscript';

/** Inlined wherever they are called: a look-up of an event then takes one call instead of four. */
const ALWAYS = ['classify/classify', 'text/hashHere', 'text/equalHere'];

/** Never inlined: no event runs them, or few do. */
const NEVER = [
  'verify/*',
  'facts/*',
  'prepare/*',
  'notes/*',
  'bundles/*',
  'keys/*',
  'generations/*',
  'classify/forgetStates',
  'fields/setText',
  'text/lastIndexAfter',
  'text/shortWord',
];

const PATH = 'vm/assembly/';

export default class Inlining {
  /** Called when the program's names are known: what a decorator would say, which the formatter cannot read on a function. */
  afterInitialize(program) {
    for (const name of ALWAYS) {
      const found = program.elementsByName.get(PATH + name);
      if (!found) throw new Error(`BUG: there is no ${name} to inline`);
      found.decoratorFlags |= DecoratorFlags.Inline;
    }
  }

  /** Called with the module before it is optimized. */
  afterCompile(module) {
    for (const pattern of [...NEVER.map((name) => PATH + name), '~lib/rt/*']) {
      this.binaryen.setPassArgument('no-inline', pattern);
      module.runPasses(['no-inline']);
    }
    this.binaryen.setPassArgument('no-inline', null);
  }
}
