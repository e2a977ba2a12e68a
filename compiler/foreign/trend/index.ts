/** Trend Vision One: its documents, and what they mean. */
import type { System } from '../system.ts';

export const TREND: System = {
  name: 'trend',
  title: 'Trend Vision One',
  options: {},
  recognises: () => false,
  lower: () => [],
};
