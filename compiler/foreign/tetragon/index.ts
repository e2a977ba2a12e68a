/** Tetragon: its documents, and what they mean. */
import type { System } from '../system.ts';

export const TETRAGON: System = {
  name: 'tetragon',
  title: 'Tetragon',
  options: {},
  recognises: () => false,
  lower: () => [],
};
