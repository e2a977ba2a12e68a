export * from './kinds.ts';
export * from './fields.ts';
export * from './verdict.ts';
export * from './record.ts';
export * from './limits.ts';
export * from './errors.ts';
export * from './program.ts';
