/** `lictor record`: real kernel events of a workload, to a trace. */
import { recordTrace } from '../../shim/run/index.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { reportLost, SCOPE_OPTION, scopeFacts, USER_OPTION, WAIT_ALL_OPTION } from '../input/workload.ts';
import { streamAside } from '../input/write.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';

export default defineCommand({
  about:
    'Runs a workload, decides nothing, and writes every event of it to a trace, with the facts of its processes. The ' +
    'trace is what `replay`, `eval` and `bench` read. The exit code of the workload is passed on. ' +
    'A trace is whole: nothing of it is redacted, because `replay` decides on it; `replay --redact` hides what it shows.',
  trailing: { name: 'CMD', min: 1, max: Infinity, completes: 'file', doc: 'the program and its arguments' },
  options: {
    output: { type: 'text', short: 'o', value: 'FILE', required: true, doc: 'where the trace goes, once it is whole' },
    kind: {
      type: 'list',
      value: 'KIND',
      completes: { oneOf: KINDS.map((kind) => kind.name) },
      doc: 'only this kind of event; may be repeated; default: all that this kernel can show',
    },
    environment: {
      type: 'flag',
      doc: 'record the environment of programs too (`proc.env`): it can hold secrets, so it is left out otherwise',
    },
    scope: SCOPE_OPTION,
    user: USER_OPTION,
    'wait-all': WAIT_ALL_OPTION,
  },
  exits: { [Exit.NotGuarded]: 'Lictor could not start or observe the workload; any other code is its own' },
  examples: [{ line: 'lictor record -o build.lictor-trace -- make', doc: 'everything that a build does' }],
  async run({ values, trailing, io }) {
    const unknown = values.kind.find((name) => !KINDS.some((kind) => kind.name === name));
    if (unknown !== undefined) throw new Stop(Exit.Usage, `unknown kind \`${unknown}\``);
    const scope = scopeFacts(values.scope);
    const output = await streamAside(values.output);
    const { exitCode, error, records, lost } = await recordTrace({
      command: trailing,
      output: output.stream,
      scope,
      ...(values.kind.length > 0 && { kinds: values.kind }),
      environment: values.environment,
      waitAll: values['wait-all'],
      user: values.user,
      env: io.env,
      onNotice: (text) => void note(io, `lictor: ${text}`),
    });
    if (error !== null) {
      await output.discard();
      throw new Stop(Exit.NotGuarded, error);
    }
    await output.commit();
    await reportLost(lost, io);
    await note(io, `lictor: ${quantity(records, 'record')} in ${values.output}`);
    return exitCode;
  },
});
