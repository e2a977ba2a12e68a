/** Bundles for tests, from policy text. */
import { planAndEmit } from '../../compiler/backend.ts';
import { coverProgram } from '../../compiler/cover/index.ts';
import { compile } from '../../compiler/index.ts';
import { readBundle, writeBundle, type Bundle } from '../../vm/bundle/index.ts';

/** @throws where the text does not compile */
export const bundleOf = (text: string): Bundle => {
  const { value, diagnostics } = compile([{ path: 'test.yaml', text }], { today: '2026-01-01' });
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const made = planAndEmit(value.normal);
  if ('errors' in made) throw new Error(JSON.stringify(made.errors));
  const manifest = { ...value.manifest, cost: made.cost, unknownCost: made.unknownCost };
  const cover = coverProgram(value.normal);
  const read = readBundle(writeBundle({ ...value, manifest, program: made.program, sources: [], cover }));
  if ('error' in read) throw new Error(read.error);
  return read.bundle;
};
