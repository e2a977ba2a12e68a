/** The doctor's findings for people. */
import type { DoctorReport, KindCoverage, Probe, RuleMechanism } from '../../shim/doctor/index.ts';
import { groupBy } from '../group.ts';
import type { Output } from './io.ts';
import { table } from './table.ts';
import { wrap } from './text.ts';

const WIDTH = 80;
const NOTE_INDENT = '    ';

/** Sensors are many and mostly alike: those that work share a line. */
const SENSOR = /^sensor (.*)$/;

function merged(all: readonly Probe[]): Probe[] {
  const working = all.filter((probe) => probe.works && SENSOR.test(probe.name));
  if (working.length === 0) return [...all];
  const kinds = working.map((probe) => probe.name.replace(SENSOR, '$1')).join(', ');
  const one = { ...working[0], name: 'sensors for', detail: kinds };
  return all.flatMap((probe) => (probe === working[0] ? [one] : working.includes(probe) ? [] : [probe]));
}

/** @returns a line for each probe; what lacks with what to do */
export function probes({ kernel, arch, probes: all }: DoctorReport, out: Output): string {
  const { style } = out;
  const shown = merged(all);
  const name = Math.max(...shown.map((probe) => probe.name.length));
  const indent = ' '.repeat(name + 4);
  const lines = [`${style.strong(`Linux ${kernel}`)}, ${arch}`, ''];
  for (const probe of shown) {
    const mark = probe.works ? style.good('✔') : style.bad('✘');
    lines.push(`${mark} ${probe.name.padEnd(name)}  ${wrap(probe.detail, WIDTH, indent).trimStart()}`);
    if (!probe.works && probe.help !== null) lines.push(wrap(`help: ${probe.help}`, WIDTH, indent));
  }
  return `${lines.join('\n')}\n`;
}

/** Rows of one rule that are enforced in the same way. */
interface Group {
  readonly first: RuleMechanism;
  readonly kinds: readonly string[];
}

function groupsOf(rows: readonly RuleMechanism[]): Group[] {
  const key = (row: RuleMechanism): string =>
    JSON.stringify([row.policy, row.rule, row.action, row.mechanism, row.timing, row.reasons]);
  return [...groupBy(rows, key).values()].map((group) => ({ first: group[0], kinds: group.map(({ kind }) => kind) }));
}

/** @returns a table a policy, with what is weaker than written below it, and what is not covered at the end */
export function rules(rows: readonly RuleMechanism[], out: Output): string {
  const { style } = out;
  const parts: string[] = [];
  for (const [policy, ofPolicy] of groupBy(rows, (row) => row.policy)) {
    const groups = groupsOf(ofPolicy);
    parts.push(`${style.name(policy)}\n`);
    parts.push(
      table(
        out,
        [{ title: '' }, { title: 'RULE' }, { title: 'FOR' }, { title: 'ACTION' }, { title: 'HOW' }, { title: 'WHEN' }],
        groups.map(({ first, kinds }) => [
          first.enforced ? style.good('✔') : first.timing === 'impossible' ? style.bad('✘') : style.warn('!'),
          first.rule ?? '(default)',
          kinds.join('\n'),
          first.action,
          wrap(first.mechanism, 12),
          wrap(first.timing, 11),
        ]),
      ),
    );
    const reasons = groupBy(
      groups.flatMap(({ first }) => first.reasons.map((reason) => ({ reason, rule: first.rule ?? '(default)' }))),
      ({ reason }) => reason,
    );
    for (const [reason, of] of reasons) {
      const names = [...new Set(of.map(({ rule }) => rule))].join(', ');
      parts.push(`${wrap(`${names}: ${reason}`, WIDTH, NOTE_INDENT)}\n`);
    }
    parts.push('\n');
  }
  const caveats = [...new Set(rows.flatMap((row) => row.caveats))];
  if (caveats.length > 0)
    parts.push(`${style.strong('Not covered')}\n`, ...caveats.map((text) => `${wrap(text, WIDTH, '  ')}\n`));
  return parts.join('');
}

const common = (rows: readonly KindCoverage[]): readonly string[] =>
  rows[0].unfilled.filter((field) => rows.every(({ unfilled }) => unfilled.includes(field)));

/** @returns every kind with how it is decided, and the fields that nothing fills */
export function kinds(rows: readonly KindCoverage[], out: Output): string {
  const everywhere = common(rows);
  const body = table(
    out,
    [{ title: 'KIND' }, { title: 'HOW' }, { title: 'WHEN' }, { title: 'NOTHING FILLS' }],
    rows.map(({ kind, mechanism, timing, unfilled }) => [
      kind,
      wrap(mechanism, 12),
      wrap(timing, 11),
      wrap(unfilled.filter((field) => !everywhere.includes(field)).join(', ') || '–', 34),
    ]),
  );
  return `${body}\n${wrap(`for every kind, nothing fills ${everywhere.join(', ')}`, WIDTH)}\n`;
}
