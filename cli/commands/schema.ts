/** `lictor schema`: JSON Schemas of the documents, for editors. */
import { schemas } from '../../compiler/index.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { nearest } from '../../compiler/diagnostics/nearest.ts';

export default defineCommand({
  about: 'Without a KIND, prints one object with the schema of every document kind under its name.',
  operands: {
    name: 'KIND',
    min: 0,
    max: 1,
    completes: { oneOf: Object.keys(schemas()) },
    doc: 'a document kind: Policy, Library, …',
  },
  options: {},
  exits: { [Exit.Ok]: 'printed' },
  examples: [
    { line: 'lictor schema Policy >policy.schema.json', doc: 'the schema of policies' },
    { line: 'lictor schema', doc: 'the schemas of all kinds' },
  ],
  async run({ operands: [kind], io }) {
    const all = schemas();
    if (kind !== undefined && !Object.hasOwn(all, kind)) {
      const near = nearest(kind, Object.keys(all));
      const help = near ? `did you mean \`${near}\`?` : `kinds are ${Object.keys(all).join(', ')}`;
      throw new Stop(Exit.Usage, `unknown document kind \`${kind}\``, help);
    }
    await io.out.write(`${JSON.stringify(kind === undefined ? all : all[kind], null, 2)}\n`);
    return Exit.Ok;
  },
});
