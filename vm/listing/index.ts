export { disassemble } from './asm.ts';
export { dot } from './dot.ts';
export { placement, type Placement } from './placement.ts';
export { factorsOf, type Factors } from './factors.ts';
