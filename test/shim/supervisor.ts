/** A process that guards a workload, for the test that kills it. Arguments: folder, policy, script. */
import { runUnder } from './workload.ts';

const [folder, text, script] = process.argv.slice(2);
await runUnder(folder, text, ['sh', '-c', script]);
