/**
 * Compiles one family with one number of rules in a process of its own, so that its memory is its own, counts its steps,
 * compares it with the reference, and leaves the files that are timed. Prints one line of JSON (`Prepared`).
 *
 *     node --import tsx bench/cases/run.ts FAMILY RULES SEED EVENTS COMPARE SECONDS FOLDER
 */
import { planAndEmit } from '../../compiler/backend.ts';
import { createVm } from '../../vm/host/index.ts';
import { factorsOf } from '../../vm/listing/index.ts';
import { familyOf } from '../families/index.ts';
import { limitFile } from '../limit/file.ts';
import { compare } from '../measure/agreement.ts';
import { stringBytes } from '../measure/bytes.ts';
import { encode, loadWithFacts } from '../measure/records.ts';
import { countSteps } from '../measure/steps.ts';
import { factBytes, LIMIT_FILE, writePart, type Prepared } from './case.ts';

/** Events whose steps are counted, one by one. */
const COUNTED = 50_000;

const [id, rulesText, seedText, eventsText, compareText, secondsText, folder] = process.argv.slice(2);
const [rules, seed, events] = [Number(rulesText), Number(seedText), Number(eventsText)];

const spec = familyOf(id);
const family = spec.make(rules, seed);
const start = performance.now();
const made = planAndEmit(family.normal, { allowSlow: true });
const compileSeconds = (performance.now() - start) / 1000;
if ('errors' in made) throw new Error(`no plan: ${JSON.stringify(made.errors).slice(0, 1000)}`);
const peakMegabytes = process.resourceUsage().maxRSS / 1024;

const asked = family.events(events);
const records = encode(asked);
const { program } = made;
const steps = countSteps(program, family, encode(asked.slice(0, COUNTED)));
const agreement = compare(
  loadWithFacts(createVm(), program, family),
  family,
  asked.slice(0, Number(compareText)),
  Number(secondsText),
);

const write = (part: Parameters<typeof writePart>[3], bytes: Uint8Array): void =>
  writePart(folder, id, rules, part, bytes);
write('program', program);
write('records', records.bytes);
write('starts', new Uint8Array(records.starts.buffer));
write('workloads', factBytes(family.workloads));
write('subjects', factBytes(family.subjects));
if (spec.exact) write(LIMIT_FILE, limitFile(family.normal, asked));

const prepared: Prepared = {
  family: id,
  rules,
  events,
  bounds: made.cost,
  ...steps,
  factors: factorsOf(program),
  programBytes: program.length,
  bytesPerRule: (program.length - stringBytes(family.normal)) / rules,
  compileSeconds,
  peakMegabytes,
  ...agreement,
};
console.log(JSON.stringify(prepared));
