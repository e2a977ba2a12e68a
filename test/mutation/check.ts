/**
 * The tests of meaning and of verification in a form that a mutant meets quickly: everything is drawn from fixed seeds.
 * Usage: node check.js prepare|vm|compiler ROOT FIXTURES
 * `prepare` writes the programs of the unchanged planner to FIXTURES; `vm` runs those, `compiler` plans anew.
 * Exit code 0: nothing was noticed; 1: the mutant was caught, and standard output says by what.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack, unpack } from 'msgpackr';
import { planAndEmit } from '../../compiler/backend.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { boundsText } from '../differential/bounds.ts';
import { deliver, parseCase } from '../differential/case.ts';
import { derived } from '../differential/derived.ts';
import { Pair } from '../differential/engines.ts';
import { overflow } from '../differential/notes.ts';
import { failureOf } from '../differential/run.ts';
import { scopes } from '../differential/scopes.ts';
import { wide } from '../differential/wide.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm, type Draw } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { growth, holdsMost, staysInside } from '../hostile/memory.ts';
import { refusalsOf, type Refusals } from '../hostile/refusals.ts';
import { programs, records, type Family } from '../hostile/run.ts';
import { slack } from '../hostile/slack.ts';

const SEED = 20261121;
const BUNDLES = { vm: 120, compiler: 70 };
const EVENTS = 60;
const MAX_PROGRAM = 24 << 10;

const [mode, root, fixtures] = process.argv.slice(2);

/** Bundles that are quick to plan, by number. */
function draw(number: number): Draw & { readonly r: Random } {
  for (let n = number; ; n += 1000) {
    const r = new Random(batchSeed(SEED, n));
    const drawn = randomNormalForm(r);
    if (drawn.normal.policies.reduce((sum, policy) => sum + policy.rules.length, 0) <= 40) return { ...drawn, r };
  }
}

const planned = (number: number): Uint8Array | null => {
  const made = planAndEmit(draw(number).normal, { allowSlow: true });
  return 'errors' in made ? null : made.program;
};

class Caught extends Error {}

function differential(programOf: (number: number) => Uint8Array | null, bundles: number): void {
  const vm = createVm();
  for (let number = 0; number < bundles; number++) {
    const { normal, focus, r } = draw(number);
    const program = programOf(number);
    if (program === null) throw new Caught(`bundle ${number} has no plan`);
    const source = new EventSource(r, normal, focus);
    const deliveries = r.list(EVENTS, () => deliver(r, source.next()));
    const pair = Pair.of(vm, normal, program);
    const difference =
      pair.compare(deliveries) ??
      pair.compareForgotten(r, deliveries) ??
      (number % 4 === 0 ? pair.compareRing(r, deliveries) : null);
    if (difference !== null) throw new Caught(`bundle ${number}: ${difference.what}`);
    pair.unload();
  }
}

function directed(): void {
  for (const { normal, deliveries } of [derived(), scopes(), wide()]) {
    const vm = createVm({ counting: true });
    const pair = Pair.load(vm, normal);
    if (!(pair instanceof Pair)) throw new Caught('directed: no plan');
    const difference = pair.compare(deliveries) ?? pair.keepsBound(vm, deliveries);
    if (difference !== null) throw new Caught(`directed: ${difference.what}`);
  }
}

function cases(): void {
  const folder = join(root, 'test/differential/cases');
  for (const file of readdirSync(folder)) {
    const what = failureOf(createVm(), parseCase(readFileSync(join(folder, file), 'utf8')));
    if (what !== null) throw new Caught(`${file}: ${what}`);
  }
}

function refusals(): void {
  const folder = join(root, 'test/hostile/refusals');
  for (const file of readdirSync(folder)) {
    const wanted = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Refusals;
    if (refusalsOf(wanted.program) !== wanted.codes) throw new Caught(`refusals of ${file}`);
  }
}

function hostile(all: readonly (Uint8Array | null)[]): void {
  const small = [...all.keys()].filter((n) => (all[n]?.length ?? Infinity) < MAX_PROGRAM);
  const family = (r: Random): Family => {
    const number = r.pick(small);
    const { normal, focus, r: own } = draw(number);
    const source = new EventSource(own, normal, focus);
    return { program: all[number] ?? new Uint8Array(), records: own.list(4, () => encodeRecord(source.next())) };
  };
  for (const number of small.slice(0, 30)) tight(number, all[number]);
  const made = planAndEmit(derived().normal, { allowSlow: true });
  tight(-1, 'errors' in made ? null : made.program);
  programs(SEED, 0, 1600, undefined, family);
  records(SEED, 0, 1000);
}

/** What the compiler states is what the VM computes, not more. */
function tight(number: number, program: Uint8Array | null): void {
  const kinds = program === null ? [] : slack(program);
  if (kinds.length > 0) throw new Caught(`bundle ${number} states more than its cost for kinds ${kinds.join(', ')}`);
}

/** What the compiler states is tight, and what it was. */
function bounds(): void {
  const golden = readFileSync(join(root, 'test/differential/bounds.txt'), 'utf8');
  if (boundsText() !== golden) throw new Caught('bounds of programs');
  for (let number = 0; number < 30; number++) tight(number, planned(number));
}

try {
  if (mode === 'prepare') {
    writeFileSync(fixtures, pack(Array.from({ length: BUNDLES.vm }, (_, number) => planned(number))));
  } else if (mode === 'vm') {
    const all = unpack(readFileSync(fixtures)) as (Uint8Array | null)[];
    differential((number) => all[number], BUNDLES.vm);
    refusals();
    cases();
    directed();
    const notes = overflow(createVm());
    if (notes !== null) throw new Caught(notes);
    staysInside();
    if (!holdsMost()) throw new Caught('bundles at once');
    if (growth() > 0) throw new Caught('memory is not given back');
    hostile(all);
  } else {
    cases();
    directed();
    bounds();
    differential(planned, BUNDLES.compiler);
  }
} catch (error) {
  console.log(String(error instanceof Error ? error.message : error).slice(0, 300));
  process.exit(1);
}
