/** Prisma Cloud: its documents, and what they mean. */
import type { System } from '../system.ts';
import { isTheirs } from './documents.ts';
import { lowerDocuments } from './policies.ts';

export const PRISMA: System = {
  name: 'prisma',
  title: 'Prisma Cloud',
  options: {
    target: {
      values: ['auto', 'container', 'host', 'app-embedded'],
      default: 'auto',
      doc: 'what the runtime policies guard: App-Embedded Defenders take less; auto: what each policy says',
    },
    better: {
      values: ['off', 'on'],
      default: 'off',
      doc: 'on: `prevent` also denies writing files that exist, where Prisma Cloud only raises an alert',
    },
  },
  texts: '.prisma',
  recognises: isTheirs,
  lower: (documents, { target, better }, report) => lowerDocuments(documents, target, better === 'on', report),
};
