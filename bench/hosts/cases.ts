/** The same policies and events for every host, as files: a bundle, records one behind the other, rules for the native limit. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planAndEmit } from '../../compiler/backend.ts';
import { writeBundle } from '../../vm/bundle/index.ts';
import type { Manifest } from '../../vm/bundle/manifest.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { familyOf } from '../families/index.ts';
import { limitFile } from '../limit/file.ts';
import { encode } from '../measure/records.ts';

const SEED = 1;

export interface HostCase {
  readonly title: string;
  readonly bundle: string;
  readonly events: string;
  /** Where the native limit can decide the same. */
  readonly limit?: string;
}

/** Families whose events bring all facts along: storing facts is no part of what is compared. */
const CASES = [
  ['a', 100],
  ['a', 10_000],
  ['f', 10_000],
] as const;

/** A host reads names of policies and rules, nothing else of it. */
const manifestOf = (normal: NormalForm): Manifest => {
  const span = { source: 0, start: 0, end: 0, line: 1, column: 1 };
  return {
    ...{
      format: 1,
      name: 'bench',
      version: '1',
      labels: {},
      sources: [],
      kinds: [],
      fields: [],
      cost: {},
      unknownCost: {},
    },
    policies: normal.policies.map(({ name }, order) => ({
      ...{ name, description: null, annotations: {}, mode: 'enforce', tier: 'default', order, span },
    })),
    rules: normal.policies.flatMap(({ rules }, policy) =>
      rules.map(({ name, action }) => ({
        ...{ name, policy, action, errno: null, continue: false, kinds: [], severity: null, tags: [], message: null },
        ...{ log: 'audit', when: '', unless: [], span },
      })),
    ),
  };
};

/** @param events of each case */
export const writeCases = (folder: string, events: number): readonly HostCase[] =>
  CASES.map(([id, rules]) => {
    const family = familyOf(id);
    const { normal, events: ask } = family.make(rules, SEED);
    const made = planAndEmit(normal, { allowSlow: true });
    if ('errors' in made) throw new Error(`no plan for (${id}): ${JSON.stringify(made.errors)}`);
    const asked = ask(events);
    const path = (ends: string): string => join(folder, `${id}-${rules}.${ends}`);
    const { program } = made;
    const parts = { manifest: manifestOf(normal), normal, program, sources: [], cover: new Uint8Array(0) };
    writeFileSync(path('lictor'), writeBundle(parts));
    writeFileSync(path('events'), encode(asked).bytes);
    if (family.exact) writeFileSync(path('limit'), limitFile(normal, asked));
    return {
      title: `(${id}), ${rules.toLocaleString('en')} rules`,
      bundle: path('lictor'),
      events: path('events'),
      ...(family.exact && { limit: path('limit') }),
    };
  });
