/** Falco: its documents, and what they mean. */
import type { System } from '../system.ts';

export const FALCO: System = {
  name: 'falco',
  title: 'Falco',
  options: {},
  recognises: () => false,
  lower: () => [],
};
