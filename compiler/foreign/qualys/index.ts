/** Qualys CRS: its documents, and what they mean. */
import type { System } from '../system.ts';

export const QUALYS: System = {
  name: 'qualys',
  title: 'Qualys CRS',
  options: {},
  recognises: () => false,
  lower: () => [],
};
