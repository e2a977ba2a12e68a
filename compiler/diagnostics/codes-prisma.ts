/** L53xx: what was written for Prisma Cloud. */
import type { CatalogueEntry } from './catalogue.ts';

export const PRISMA_CODES = {
  L5301: {
    title: 'not an expression of a custom rule',
    severity: 'error',
    text: 'Expressions are tests of attributes joined by `and`, `or` and `not`; texts stand in double quotes; there is nothing but `=`, `!=`, `<`, `<=`, `>`, `>=`, `in (…)`, `startswith` and `contains`.',
  },
  L5302: {
    title: 'unknown attribute',
    severity: 'error',
    text: 'Attributes are those of the process, of the file that is written, and of the connection.',
  },
  L5303: {
    title: 'attribute of other events',
    severity: 'error',
    text: 'The attribute is never there for rules of this type, or in this sort of workload, so the rule could not match.',
  },
  L5304: {
    title: 'attribute that is not documented for this type of rule',
    severity: 'warning',
    text: 'The documents of Prisma Cloud name no such attribute for events of this type. Lictor has it, and carries the test over.',
  },
  L5305: {
    title: 'a test that the attribute does not take',
    severity: 'error',
    text: 'Texts have no order, flags are asked by themselves, ports are numbers, and only addresses are ordered as ranges.',
  },
  L5306: {
    title: 'effect that is not supported here',
    severity: 'error',
    text: 'Prisma Cloud does not take this effect at this place: `prevent` cannot wait for a command line or for the content of a file, connections are never prevented but by App-Embedded Defenders, and neither hosts nor App-Embedded Defenders block.',
  },
  L5307: {
    title: 'custom rule or collection that is not there',
    severity: 'error',
    text: 'A runtime rule names what no source defines. Give Lictor the export of the custom rules and of the collections together with the policy.',
  },
  L5308: {
    title: 'runtime rule that never applies',
    severity: 'warning',
    text: 'The first rule whose scope holds a workload is the only one that counts for it, and rules before this one hold everything that this one could.',
  },
  L5309: {
    title: 'prevents only new files',
    severity: 'warning',
    text: 'Prisma Cloud prevents that a file is made, but only raises an alert when an existing one is written; so does Lictor, unless `--foreign prisma.better=on` is given: then both are denied.',
  },
  L5310: {
    title: 'attached twice',
    severity: 'warning',
    text: 'The first match ends the search in a runtime rule, so the second attachment of the same custom rule never counts.',
  },
} as const satisfies Record<string, CatalogueEntry>;
