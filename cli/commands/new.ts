/** `lictor new`: a policy and its tests from a template that ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../compiler/diagnostics/nearest.ts';
import { format } from '../../compiler/index.ts';
import { assetPath } from '../../vm/host/assets.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { exists } from '../input/paths.ts';
import { writeTogether } from '../input/write.ts';
import { note } from '../output/io.ts';

const FOLDER = assetPath('../policies/templates');
/** The namespace that templates and the events of their tests have. */
const NAMESPACE = 'service';
const PART = /^[a-z0-9-]+$/;
const YAML = /(\.test)?\.yaml$/;

interface Wanted {
  readonly template: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

const templates = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
    .map((file) => file.replace(YAML, ''))
    .sort();

/** The comment that a template begins with. */
const about = (template: string): string =>
  /^# (.*?)\. /.exec(readFileSync(join(FOLDER, `${template}.yaml`), 'utf8'))?.[1] ?? '';

/** A text of the template under its new names: policies, libraries and parameters are unique in a build, so all of them carry the name. */
const renamed = (text: string, { template, namespace = NAMESPACE, name }: Wanted): string => {
  const parameter = `${namespace}_${name}`.replaceAll('-', '_').replace(/^(?=\d)/, '_');
  return text
    .replaceAll(`${NAMESPACE}.${template}.v1`, `${namespace}.${name}.v1`)
    .replaceAll(`${NAMESPACE}-${template}`, `${namespace}-${name}`)
    .replace(new RegExp(`(\\$|^ {4,6})${template}_`, 'gm'), (_, before: string) => `${before}${parameter}_`)
    .replaceAll(`namespace: ${NAMESPACE}`, `namespace: ${namespace}`);
};

const scoped = (text: string, namespace: string | undefined): string =>
  namespace === undefined
    ? text
    : text.replace(/^ {2}scope:\n/m, `  scope:\n    namespace: [${JSON.stringify(namespace)}]\n`);

const canonical = (path: string, text: string): string => format({ path, text }).value ?? text;

function mustBeNew(path: string): void {
  if (exists(path)) throw new Stop(Exit.Failed, `\`${path}\` exists`, 'choose another file');
}

/** @throws Stop where a part of the name is not one of the scheme */
function checkPart(flag: string, value: string): void {
  if (PART.test(value)) return;
  throw new Stop(Exit.Usage, `\`--${flag} ${value}\`: expected lower case letters, digits and \`-\``);
}

export default defineCommand({
  about:
    'Writes a policy that allows what the service of the template ordinarily does and denies the rest, for the images that it is found in, ' +
    'and its tests beside it. The policy only observes: run it, read what it would have denied, then set its mode to enforce. ' +
    'Without --template the templates are listed.',
  options: {
    template: { type: 'text', value: 'NAME', completes: 'nothing', doc: 'which template' },
    namespace: {
      type: 'text',
      value: 'NAME',
      completes: 'nothing',
      doc: 'the namespace that the policy is for: in its name and its scope; default: any, and the name begins with service',
    },
    name: {
      type: 'text',
      value: 'NAME',
      completes: 'nothing',
      doc: 'what the policy is for; default: the name of the template',
    },
    output: {
      type: 'text',
      short: 'o',
      value: 'FILE',
      completes: 'file',
      doc: 'where the policy goes: a name that ends with .yaml',
    },
  },
  exits: { [Exit.Ok]: 'written, or listed' },
  examples: [
    { line: 'lictor new', doc: 'which templates there are' },
    {
      line: 'lictor new --template nginx --namespace payments -o payments-nginx.yaml',
      doc: 'payments.nginx.v1 and its tests',
    },
  ],
  async run({ values: { template, namespace, name = template, output }, io }) {
    const known = templates();
    if (template === undefined || name === undefined) {
      const width = Math.max(...known.map((one) => one.length));
      await io.out.write(known.map((one) => `${one.padEnd(width)}  ${about(one)}\n`).join(''));
      return Exit.Ok;
    }
    if (!known.includes(template)) {
      const near = nearest(template, known);
      const help = near ? `did you mean \`${near}\`?` : `there are ${known.join(', ')}`;
      throw new Stop(Exit.Usage, `there is no template \`${template}\``, help);
    }
    checkPart('name', name);
    if (namespace !== undefined) checkPart('namespace', namespace);
    if (output === undefined) throw new Stop(Exit.Usage, '`--output` is missing', 'it says where the policy goes');
    if (!output.endsWith('.yaml'))
      throw new Stop(Exit.Usage, `\`--output ${output}\`: expected a name that ends with .yaml`);
    const wanted: Wanted = { template, namespace, name };
    const read = (ending: string): string =>
      renamed(readFileSync(join(FOLDER, `${template}${ending}`), 'utf8'), wanted);
    const beside = output.replace(YAML, '.test.yaml');
    if (beside === output) throw new Stop(Exit.Usage, `\`--output ${output}\` is the name of a test`);
    [beside, output].forEach(mustBeNew);
    writeTogether([
      { path: output, content: canonical(output, scoped(read('.yaml'), namespace)) },
      { path: beside, content: canonical(beside, read('.test.yaml')) },
    ]);
    await io.out.write(`${output}\n${beside}\n`);
    await note(io, `it only observes: lictor run -p ${output} -- … says what it would have denied`);
    return Exit.Ok;
  },
});
