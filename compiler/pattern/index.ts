export type { Parsed, Pattern } from './pattern.ts';
export { parseGlob } from './glob.ts';
export { parseRegex, searchError } from './regex.ts';
export { toDfa, type Dfa } from './dfa.ts';
export { printRe2 } from './print.ts';
export { literals, type Literals } from './literals.ts';
export { type Component, components, type Components } from './components.ts';
export { foldedPattern } from './fold.ts';
export { BEGIN, breaksOf, END, sequencesOf, type Sequence, type Stage } from './sequence.ts';
