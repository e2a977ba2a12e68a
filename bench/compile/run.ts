/**
 * From YAML to the bundle file, alone:
 *
 *     node --import tsx bench/compile/run.ts [RULES OF A COLD BUILD] [RULES OF ONE AFTER A CHANGE]
 */
import { sourceText } from '../report/document.ts';
import { timeSource } from './compile.ts';

const [cold = 10_000, again = 100_000] = process.argv.slice(2).map(Number);
console.log(sourceText(timeSource({ cold, again })));
