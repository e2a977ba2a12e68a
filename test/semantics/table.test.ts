/** Runs the hand-written table through the compiler, the reference and the virtual machine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, type Compiled } from '../../compiler/index.ts';
import type { Decision } from '../../vm/event/decision.ts';
import { parseEventLine, type Event } from '../../vm/event/index.ts';
import { combine } from '../../vm/host/combine.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';
import { withEngines, type Engine } from './engines.ts';
import { eventLine, readSection, SECTIONS, sourcesOf, type Case, type Group, type Setup } from './table.ts';

const TODAY = '2026-11-21';

function compileSources(sources: { path: string; text: string }[], setup: Setup): ReturnType<typeof compile> {
  const { set, today = TODAY, allowExpired } = setup;
  return compile(sources, { today, ...(set && { set }), ...(allowExpired && { allowExpired }) });
}

function compiled(setup: Setup): Compiled {
  const { value, diagnostics } = compileSources(sourcesOf(setup), setup);
  if (!value) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return value;
}

/** A policy that denies where the expression holds. */
const probing = (group: Group, when: string): Setup => ({
  ...group,
  policies: [
    ...(group.policies ?? []),
    { name: 'probe', rules: [{ name: 'probe', on: group.on ?? 'exec', when, action: 'deny' }] },
  ],
});

const probed = (group: Group): Event => {
  const kind = typeof group.on === 'string' ? { kind: group.on } : {};
  return read(eventLine(group.event ?? {}, kind));
};

function read(line: string): Event {
  const result = parseEventLine(line);
  if ('error' in result) throw new Error(result.error);
  return result.event;
}

/** The value, reduced to the parts that are expected of it. */
function parts(value: unknown, expected: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(value)) return value.map((one, i) => parts(one, expected[i]));
  if (typeof expected !== 'object' || expected === null || typeof value !== 'object' || value === null) return value;
  const members = Object.keys(expected).map((key) => [
    key,
    parts((value as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]),
  ]);
  return Object.fromEntries(members) as unknown;
}

function checkCase(one: Case, group: Group, { manifest }: Compiled, engine: Engine): void {
  const events = (one.questions ?? [one.event!]).map((event) => read(eventLine(event, group.defaultEvent)));
  const decisions: Decision[] = events.map((event) => engine(event));
  const { decision, question } = combine(decisions);
  if (one.question !== undefined) assert.is(question, one.question);
  const record = verdictRecord(manifest, decision, events[question]);
  assert.equal(parts(record, one.verdict), one.verdict);
}

function refuses(sources: { path: string; text: string }[], setup: Setup, naming: readonly string[] = []): void {
  const { value, diagnostics } = compileSources(sources, setup);
  assert.is(value, null, 'no error was found');
  const said = diagnostics.map(({ message, help }) => `${message} ${help}`).join('\n');
  for (const name of naming) assert.ok(said.includes(`\`${name}`), `names ${name}: ${said}`);
}

for (const section of SECTIONS) {
  const test = suite(section);
  for (const group of readSection(section)) {
    const row = (what: string, check: () => void): void => {
      test(`${group.says}: ${what}`, check);
    };
    for (const [when, holds] of [
      ...(group.holds ?? []).map((when) => [when, true] as const),
      ...(group.fails ?? []).map((when) => [when, false] as const),
    ]) {
      row(`${when} is ${holds}`, () => {
        const { normal } = compiled(probing(group, when));
        withEngines(normal, (engine, name) => {
          assert.is(engine(probed(group)).actual.action, holds ? 'deny' : 'allow', name);
        });
      });
    }
    for (const error of group.errors ?? []) {
      row(`${typeof error === 'string' ? error : JSON.stringify(error)} is an error`, () => {
        if (typeof error === 'string') refuses(sourcesOf(probing(group, error)), group);
        else if ('when' in error) refuses(sourcesOf(probing(group, error.when)), group, error.naming);
        else refuses(sourcesOf(error), error);
      });
    }
    for (const one of group.cases ?? []) {
      row(JSON.stringify(one), () => {
        const whole = compiled(group);
        withEngines(whole.normal, (engine) => checkCase(one, group, whole, engine));
      });
    }
    for (const event of group.malformed ?? []) {
      row(`${JSON.stringify(event)} is malformed`, () => {
        const line = 'kind' in event ? eventLine(event) : JSON.stringify(event);
        assert.ok('error' in parseEventLine(line));
      });
    }
    for (const event of group.events ?? [])
      row(`${JSON.stringify(event)} is an event`, () => void read(eventLine(event)));
    for (const [i, text] of (group.accepted ?? []).entries()) {
      row(`accepted ${i}`, () => {
        const { diagnostics, value } = compileSources([{ path: 'table.yaml', text }], group);
        assert.ok(value, diagnostics.map(({ message }) => message).join('\n'));
      });
    }
    for (const [i, text] of (group.refused ?? []).entries()) {
      row(`refused ${i}`, () => refuses([{ path: 'table.yaml', text }], group));
    }
  }
  test.run();
}
