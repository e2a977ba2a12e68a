/** Puts the figures of a run between the markers of a document; what people wrote around them stays. */
import type { SourceTimes } from '../compile/compile.ts';
import { FAMILIES } from '../families/index.ts';
import type { PeerResults } from '../peers/run.ts';
import { multiGrid, peersGrid, peersNotes, subjectsGrid } from './beside.ts';
import { markdown } from './grid.ts';
import { outcomes, type Outcome } from './outcomes.ts';
import { casesOf, type Case, type Result } from './result.ts';
import { familyGrid, limitGrid, number, power, slopesGrid } from './tables.ts';
import { TARGETS } from './targets.ts';
import type { Line } from './plot.ts';

const outcomeLine = ({ target, worst, met, kept, broken }: Outcome): string => {
  const { what, most, least, unit } = target;
  const limit = `${least ? '≥' : '≤'} ${most}${unit ? ` ${unit}` : ''}`;
  const where = worst.rules === undefined ? worst.of : `${worst.of}, ${power(worst.rules)}`;
  const some = kept.length > 0 ? `; yes ${kept.join(', ')}` : '';
  return `| ${what} | ${limit} | ${number(worst.value)}: ${where} | ${met ? 'yes' : `not ${broken.join(', ')}${some}`} |`;
};

/** What is promised, what was measured at worst, and who keeps it. */
const targetsText = (result: Result): string =>
  [
    '| promised | limit | worst measured | kept |',
    '| --- | --- | --- | --- |',
    ...outcomes(TARGETS, result).map(outcomeLine),
  ].join('\n');

const familiesText = (cases: readonly Case[]): string =>
  FAMILIES.filter(({ id }) => casesOf(cases, id).length > 0)
    .map(({ id, doc }) => `### (${id}) ${doc}\n\n${markdown(familyGrid(casesOf(cases, id)))}`)
    .join('\n\n');

const comparedText = (cases: readonly Case[]): string => {
  const least = cases.reduce((a, b) => (b.compared < a.compared ? b : a));
  const sum = cases.reduce((total, one) => total + one.compared, 0);
  return (
    `In this run ${sum} decisions were compared with the reference interpreter's, all of them equal; ` +
    `the fewest, ${least.compared}, for (${least.family}) with ${power(least.rules)} rules.`
  );
};

/** What it takes from YAML. */
export const sourceText = ({ cold, again }: SourceTimes): string =>
  [...cold.map(coldLine), ...again.map(againLine)].map((line) => `- ${line}`).join('\n');

const coldLine = ({ sort, rules, sourceBytes, checkSeconds, buildSeconds }: SourceTimes['cold'][number]): string => {
  const what = `${power(rules)} rules in YAML (${(sourceBytes / 1e6).toFixed(1)} MB, ${sort}), the whole process, nothing warm`;
  return `${what}: \`lictor check\` ${checkSeconds.toFixed(1)} s, \`lictor build\` ${buildSeconds.toFixed(1)} s.`;
};

const againLine = ({ sort, rules, fullSeconds, changeSeconds }: SourceTimes['again'][number]): string => {
  const what = `${power(rules)} rules in YAML (${sort}), built again after a change of one rule`;
  const share = (changeSeconds / fullSeconds).toFixed(2);
  return `${what}: ${changeSeconds.toFixed(1)} s of ${fullSeconds.toFixed(1)} s, × ${share}.`;
};

const peersText = (peers: PeerResults): string =>
  [markdown(peersGrid(peers)), ...peersNotes(peers).map((note) => `- ${note}`)].join('\n').replace('\n- ', '\n\n- ');

/** The parts that a run generates, by the names of their markers; what it did not measure stays as it is. */
export const partsOf = (result: Result): Record<string, string> => {
  const { machine, cases, source, subjects, multi, peers } = result;
  return {
    machine: `Measured on: ${machine.cpu}, one core, Node ${machine.node}. ${comparedText(cases)}`,
    targets: targetsText(result),
    ...(source && { source: sourceText(source) }),
    slopes: markdown(slopesGrid(FAMILIES.map(({ id }) => casesOf(cases, id)))),
    limit: markdown(limitGrid(cases)),
    families: familiesText(cases),
    ...(peers && { peers: peersText(peers) }),
    ...(subjects && { subjects: markdown(subjectsGrid(subjects)) }),
    ...(multi && { multi: markdown(multiGrid(multi)) }),
  };
};

/** The lines of the plot: every family, and the native limit. */
export const linesOf = (cases: readonly Case[]): Line[] => {
  const families = FAMILIES.map(({ id }): Line => {
    return { name: `(${id})`, points: casesOf(cases, id).map(({ rules, ns }) => [rules, ns]) };
  });
  const limit = casesOf(cases, 'a').flatMap(({ rules, limitNs }): Line['points'] =>
    limitNs === undefined ? [] : [[rules, limitNs]],
  );
  return [...families, { name: 'C limit of (a)', points: limit }].filter(({ points }) => points.length > 0);
};

/**
 * @param text a document with `<!-- NAME: begin -->` and `<!-- NAME: end -->` around what is generated
 * @throws Error where a part has no markers
 */
export const withParts = (text: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce((whole, [name, part]) => {
    const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
    const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document has no markers for \`${name}\``);
    return `${whole.slice(0, from + begin.length)}\n\n${part}\n\n${whole.slice(to)}`;
  }, text);
