/** Prisma Cloud: its documents, and what they mean. */
import type { System } from '../system.ts';

export const PRISMA: System = {
  name: 'prisma',
  title: 'Prisma Cloud',
  options: {},
  recognises: () => false,
  lower: () => [],
};
