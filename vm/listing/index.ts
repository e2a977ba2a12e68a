export { disassemble } from './asm.ts';
export { dot } from './dot.ts';
export { placement, type Placement } from './placement.ts';
