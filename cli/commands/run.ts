/** `lictor run`: a workload under policies. */
import { runWorkload } from '../../shim/run/index.ts';
import { linesSink } from '../../shim/sinks/lines.ts';
import { ndjsonFileSink, ndjsonSink } from '../../shim/sinks/ndjson.ts';
import type { Sink } from '../../shim/sinks/sink.ts';
import { readBundle, type Bundle } from '../../vm/bundle/index.ts';
import { defineCommand, type Values } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { openBundle } from '../input/bundle.ts';
import { BUILD_OPTIONS, builder, compileWith } from '../input/compile.ts';
import { cannot } from '../input/paths.ts';
import { REDACT_OPTION, redaction } from '../input/redaction.ts';
import {
  RECORDS_OPTION,
  reportLost,
  SCOPE_OPTION,
  scopeFacts,
  USER_OPTION,
  WAIT_ALL_OPTION,
} from '../input/workload.ts';
import { human, summary } from '../output/diagnostics.ts';
import { note, type Io } from '../output/io.ts';
import { ofAction } from '../output/style.ts';

const OPTIONS = {
  policy: { type: 'list', short: 'p', value: 'PATH', doc: 'policies: a file or a directory; may be repeated' },
  bundle: { type: 'text', short: 'b', value: 'BUNDLE', doc: 'a bundle instead of policies' },
  scope: SCOPE_OPTION,
  user: USER_OPTION,
  events: { type: 'text', value: 'FILE', doc: 'write records there as NDJSON; default: readable lines to stderr' },
  format: { type: 'choice', choices: ['human', 'json'], default: 'human', doc: 'form of the records on stderr' },
  records: RECORDS_OPTION,
  redact: REDACT_OPTION,
  management: {
    type: 'list',
    value: 'CIDR',
    completes: 'nothing',
    doc: 'network that an isolated workload still reaches; may be repeated',
  },
  'wait-all': WAIT_ALL_OPTION,
  ...BUILD_OPTIONS,
} as const;
type RunValues = Values<typeof OPTIONS>;

async function bundleOf(values: RunValues, io: Io): Promise<Bundle> {
  if (values.bundle !== undefined) return openBundle(values.bundle);
  const { sources, value, diagnostics } = await compileWith(values.policy, values, io, builder(values));
  await io.err.write(human(diagnostics, sources, io.err));
  if (!value) throw new Stop(Exit.NotGuarded, `the policies have errors: ${summary(diagnostics)}`);
  const read = readBundle(value.file);
  if ('error' in read) throw new Error(`BUG: the compiler wrote a bundle that cannot be read: ${read.error}`);
  return read.bundle;
}

async function sinkFor(values: RunValues, io: Io): Promise<Sink> {
  if (values.events === undefined) {
    const { style } = io.err;
    return values.format === 'json'
      ? ndjsonSink(io.err.stream)
      : linesSink(io.err.stream, (action, text) => ofAction(style, action)(text));
  }
  try {
    return await ndjsonFileSink(values.events);
  } catch (error) {
    throw cannot('write', values.events, error);
  }
}

/** Whatever keeps the workload from being guarded has the one code that the workload itself does not use. */
async function guarding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Stop) throw new Stop(Exit.NotGuarded, error.message, error.help);
    throw new Stop(Exit.NotGuarded, error instanceof Error ? error.message : String(error));
  }
}

export default defineCommand({
  about:
    "The workload's standard streams are its own. Its exit code is passed on: 128 and the number for a signal, 127 where " +
    'the program is not there and 126 where it cannot be executed, as in a shell. When its first process ends, the rest ' +
    'is killed unless --wait-all is given; when Lictor ends, the workload ends.',
  trailing: { name: 'CMD', min: 1, max: Infinity, completes: 'file', doc: 'the program and its arguments' },
  options: OPTIONS,
  exits: { [Exit.NotGuarded]: 'Lictor could not start or guard the workload; any other code is its own' },
  examples: [
    { line: 'lictor run -p web.yaml -- nginx -g "daemon off;"', doc: 'a service under a policy' },
    {
      line: 'lictor run -b base.bundle --scope namespace=payments,app=api --events records.ndjson -- ./api',
      doc: 'under a bundle, as a workload of a namespace',
    },
  ],
  async run({ values, trailing, io }) {
    if (values.policy.length === 0 && values.bundle === undefined) {
      throw new Stop(Exit.Usage, '`--policy` or `--bundle` is missing');
    }
    if (values.policy.length > 0 && values.bundle !== undefined) {
      throw new Stop(Exit.Usage, '`--policy` and `--bundle` exclude each other');
    }
    const scope = scopeFacts(values.scope);
    const redact = await redaction(values.redact);
    return guarding(async () => {
      const bundle = await bundleOf(values, io);
      const sink = await sinkFor(values, io);
      const { exitCode, error, lost } = await runWorkload({
        bundle,
        command: trailing,
        scope,
        sink,
        waitAll: values['wait-all'],
        user: values.user,
        management: values.management,
        records: values.records,
        redact,
        env: io.env,
        onNotice: (text) => void note(io, `lictor: ${text}`),
      });
      const unwritten = await sink.close().then(
        () => null,
        (cause: Error) => cause.message,
      );
      await reportLost(lost, io);
      const problem = error ?? unwritten;
      if (problem !== null) throw new Stop(Exit.NotGuarded, problem);
      return exitCode;
    });
  },
});
