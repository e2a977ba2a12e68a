/**
 * `npm run demo`: a web service under a policy, attacked; then the same policy, only observing. Live where Lictor may use
 * the kernel, else on the recorded trace of real kernel events that ships with the project.
 */
import { assetPath } from '../../vm/host/assets.ts';
import { note, processIo } from '../output/io.ts';
import { wrap } from '../output/text.ts';
import { relative } from 'node:path';
import { recorded } from './recorded.ts';
import { enforced, observed } from './report.ts';
import { NotGuarded, round, type Outcome } from './round.ts';
import { setStage } from './stage.ts';

const io = processIo('auto');
const { style } = io.out;
const say = (text: string): Promise<void> => io.out.write(`${text}\n`);
const heading = (text: string): Promise<void> => say(`\n${style.strong(text)}\n`);
const paragraph = (text: string): Promise<void> => say(wrap(text, 80));

async function live(): Promise<void> {
  const stage = await setStage();
  const interrupted = (): never => {
    stage.close();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    await heading('1. The policy is enforced');
    await note(io, style.faint('starting the service under `lictor run` …'));
    const first = await round(stage, 'enforce');
    await say(enforced(first, io.out));
    const denied = attacks(first).filter(({ worked }) => !worked).length;
    await paragraph(
      `${denied} of ${attacks(first).length} steps of the attack were denied, ` +
        `${ordinary(first).filter(({ worked }) => worked).length} of ${ordinary(first).length} ordinary requests were answered.`,
    );

    await heading('2. The same policy only observes');
    const second = await round(stage, 'observe');
    await say(observed(second, io.out));
    const would = attacks(second).filter(({ record }) => record?.would).length;
    await paragraph(
      `The attack worked, and ${would} of its ${attacks(second).length} steps are on record with what enforcing would have done.`,
    );
    const works = denied === attacks(first).length && ordinary(first).every(({ worked }) => worked);
    process.exitCode = works && would === attacks(second).length ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupted);
    stage.close();
  }
}

const attacks = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter(({ step }) => step.attack);
const ordinary = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter(({ step }) => !step.attack);

async function main(): Promise<void> {
  await say(`${style.strong('Lictor')}: a web service, its policy, and an attack through it`);
  await say('');
  const policy = relative(process.cwd(), assetPath('../examples/web-service/policy.yaml'));
  await paragraph(
    `The policy is ${policy}. The service is a real process with real sockets on loopback; everything it may touch lies ` +
      'in a temporary directory.',
  );
  try {
    await live();
  } catch (error) {
    if (!(error instanceof NotGuarded)) throw error;
    await note(io, `\n${wrap(`The kernel cannot be used here, so a recorded trace stands in: ${error.message}`, 80)}`);
    await recorded(io);
  }
}

try {
  await main();
} catch (error) {
  await note(io, `${io.err.style.bad('the demo failed:')} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
