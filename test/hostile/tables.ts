/** Where the fields of a program's tables are, by table and column: what hostile changes aim at. */
import {
  AUTOMATON,
  CANDIDATE,
  CLASSIFIER,
  CLASSIFIER_FORMS,
  DICT,
  DICT_RECORD,
  DIRECTORIES,
  DIRECTORY,
  ENTRY,
  FILTER,
  GLOB_FILTER,
  GLOB_TUPLE,
  GLOBS,
  KIND,
  LENGTHS,
  NETWORK,
  NETWORK_NODE,
  NETWORKS,
  OPERAND,
  OPERAND_KINDS,
  PAIRS,
  PREFIX,
  PROGRAM,
  RANGES,
  SET_FORMS,
  STAGE,
  STAGE_USER,
  STEP,
  STEP_OPS,
  SUBSTRING_TEXT,
  SUBSTRINGS,
  TEST,
  TEST_OPS,
  TEXT,
} from '../../vm/spec/index.ts';

type Width = 1 | 2 | 4 | 8;
export interface Field {
  readonly at: number;
  readonly bytes: Width;
}
/** Fields by table and column. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, readonly Field[]>>;

/** All tables that a program can have. */
export const TABLES = [
  ...['header', 'entries', 'operands', 'tests', 'classifiers', 'kinds', 'steps', 'lists', 'refs', 'pairs', 'filters'],
  ...['dictionaries', 'texts', 'lengths', 'ranges', 'networks', 'prefixes', 'directories', 'globs', 'automata', 'sequences'],
] as const; // prettier-ignore
type Table = (typeof TABLES)[number];

/** @param program one that the VM loads */
export const tablesOf = (program: Uint8Array): Tables => {
  const walk = new Walk(program);
  walk.all();
  return walk.found;
};

/** Widths of some fields of a layout, whose offsets are in the specification. */
type Widths<L> = { readonly [K in keyof L]?: Width };

class Walk {
  readonly found = new Map<Table, Map<string, Field[]>>();
  readonly #view: DataView;
  readonly #seen = new Set<string>();

  constructor(program: Uint8Array) {
    this.#view = new DataView(program.buffer, program.byteOffset, program.length);
  }

  all(): void {
    for (const [name, at] of Object.entries(PROGRAM)) if (name.endsWith('At')) this.#column('header', name, at, 4);
    const section = <L>(table: Table, at: number, n: number, layout: L & { readonly size: number }, widths: Widths<L>) =>
      this.#rows(table, this.#u32(at), this.#u32(n), layout.size, layout, widths); // prettier-ignore
    section('entries', PROGRAM.entriesAt, PROGRAM.entryCountAt, ENTRY, { rule: 4, policy: 2, bits: 1, errno: 1 });
    for (const at of section('operands', PROGRAM.operandsAt, PROGRAM.operandCountAt, OPERAND, { kind: 1, field: 2, arg: 4, value: 8 })) this.#operand(at); // prettier-ignore
    for (const at of section('tests', PROGRAM.testsAt, PROGRAM.testCountAt, TEST, { op: 4, right: 4, yes: 4, no: 4 })) this.#test(at); // prettier-ignore
    for (const at of section('classifiers', PROGRAM.classifiersAt, PROGRAM.classifierCountAt, CLASSIFIER, { form: 1, fold: 1, operand: 4, table: 4, cap: 4 })) this.#classifier(at); // prettier-ignore
    const kind = {
      steps: 4,
      stepCount: 4,
      unknownSteps: 4,
      unknownStepCount: 4,
      bound: 4,
      assumed: 4,
      unknownBound: 4,
    } as const;
    for (const at of section('kinds', PROGRAM.kindsAt, PROGRAM.kindCountAt, KIND, kind)) {
      this.#steps(this.#u32(at + KIND.steps), this.#u32(at + KIND.stepCount));
      this.#steps(this.#u32(at + KIND.unknownSteps), this.#u32(at + KIND.unknownStepCount));
    }
    this.#lists(this.#u32(PROGRAM.listsAt), this.#u32(PROGRAM.listsSizeAt));
  }

  #lists(first: number, size: number): void {
    for (let at = first; at < first + size; at += 4 + this.#u32(at) * CANDIDATE.size) {
      this.#column('lists', 'count', at, 4);
      this.#rows('lists', at + 4, this.#u32(at), CANDIDATE.size, CANDIDATE, { entry: 4, test: 4 });
    }
  }

  #steps(first: number, count: number): void {
    if (count === 0 || !this.#isNew('steps', first)) return;
    for (const at of this.#rows('steps', first, count, STEP.size, STEP, { op: 1, a: 2, b: 2, table: 4, filter: 4 })) {
      const [op, table, filter] = [this.#u8(at), this.#u32(at + STEP.table), this.#u32(at + STEP.filter)];
      if (op === STEP_OPS.join.code) this.#refs(table);
      else if (op !== STEP_OPS.list.code) this.#pairs(table);
      if (filter !== 0) this.#filter(filter);
    }
  }

  #refs(at: number): void {
    if (!this.#isNew('refs', at)) return;
    this.#column('refs', 'count', at, 4);
    this.#column('refs', 'ref', at + 4, 4, this.#u32(at));
  }

  #pairs(at: number): void {
    if (!this.#isNew('pairs', at)) return;
    this.#rows('pairs', at, 1, 0, PAIRS, { buckets: 4, seed: 4 });
    for (let i = 0; i < this.#u32(at + PAIRS.buckets); i++) {
      const bucket = at + PAIRS.header + i * PAIRS.bucket;
      this.#column('pairs', 'class', bucket, 4, 2 * PAIRS.slots);
      this.#column('pairs', 'ref', bucket + PAIRS.refs, 4, PAIRS.slots);
      this.#column('pairs', 'overflow', bucket + PAIRS.overflow, 4);
    }
  }

  #filter(at: number): void {
    if (!this.#isNew('filters', at)) return;
    this.#rows('filters', at, 1, 0, FILTER, { classes: 4, others: 4 });
    this.#column('filters', 'mask', at + FILTER.masks, 8, this.#u32(at) + this.#u32(at + FILTER.others));
  }

  #operand(at: number): void {
    const kind = this.#u8(at);
    if (kind === OPERAND_KINDS.key.code || kind === OPERAND_KINDS.text.code) this.#text(this.#u32(at + OPERAND.arg));
  }

  #test(at: number): void {
    const [head, right] = [this.#u32(at), this.#u32(at + TEST.right)];
    const op = Object.values(TEST_OPS).find(({ code }) => code === (head & 255));
    if (op === TEST_OPS.automaton) this.#automaton(right);
    else if (op === TEST_OPS.in) this.#set((head >>> TEST.subShift) & 15, right);
    else if (op?.right === 'operand' && op !== TEST_OPS.int && right >= TEST.inline) this.#text(right - TEST.inline);
  }

  #set(form: number, at: number): void {
    if (form === SET_FORMS.net) this.#networks(at);
    else if (form !== SET_FORMS.prefix) this.#dictionary(at);
    else if (this.#isNew('prefixes', at)) {
      this.#column('prefixes', 'bits', at, 4);
      this.#column('prefixes', 'bytes', at + PREFIX.bytes, 1, 16);
    }
  }

  #classifier(at: number): void {
    const table = this.#u32(at + CLASSIFIER.table);
    switch (this.#u8(at)) {
      case CLASSIFIER_FORMS.prefix.code:
      case CLASSIFIER_FORMS.suffix.code:
        return this.#lengths(table);
      case CLASSIFIER_FORMS.range.code:
        return this.#ranges(table);
      case CLASSIFIER_FORMS.substring.code:
        return this.#sequences(table);
      case CLASSIFIER_FORMS.net.code:
        return this.#networks(table);
      case CLASSIFIER_FORMS.directory.code:
        return this.#directories(table);
      case CLASSIFIER_FORMS.glob.code:
      case CLASSIFIER_FORMS.floating.code:
        return this.#globs(table);
      case CLASSIFIER_FORMS.both.code:
        return this.#pairs(table);
      default:
        return this.#dictionary(table);
    }
  }

  #dictionary(at: number): void {
    if (!this.#isNew('dictionaries', at)) return;
    this.#rows('dictionaries', at, 1, 0, DICT, { buckets: 4, seed: 4 });
    const slots = (this.#u32(at) * DICT.bucket) / DICT.slot;
    this.#column('dictionaries', 'tag', at + DICT.header, 4, slots, DICT.slot);
    this.#column('dictionaries', 'offset', at + DICT.header + 4, 4, slots, DICT.slot);
    for (let i = 0; i < slots; i++) {
      const record = (this.#u32(at + DICT.header + i * DICT.slot + 4) & ~DICT.overflow) >>> 0;
      if (record === 0) continue;
      this.#rows('dictionaries', record, 1, 0, DICT_RECORD, { value: 4, length: 2 });
      this.#column('dictionaries', 'bytes', record + DICT_RECORD.bytes, 1, this.#u16(record + DICT_RECORD.length));
    }
  }

  #text(at: number): void {
    if (!this.#isNew('texts', at)) return;
    this.#column('texts', 'length', at, 4);
    this.#column('texts', 'bytes', at + TEXT.bytes, 1, this.#u32(at));
  }

  #lengths(at: number): void {
    if (!this.#isNew('lengths', at)) return;
    this.#rows('lengths', at, 1, 0, LENGTHS, { count: 4, dict: 4 });
    this.#column('lengths', 'length', at + LENGTHS.first, 4, this.#u32(at));
    this.#dictionary(this.#u32(at + LENGTHS.dict));
  }

  #ranges(at: number): void {
    if (!this.#isNew('ranges', at)) return;
    const n = this.#u32(at);
    this.#column('ranges', 'count', at, 4);
    this.#column('ranges', 'start', at + RANGES.starts, 8, n);
    const rows = at + RANGES.starts + n * 8;
    this.#column('ranges', 'list', rows, 4, n, 8);
    this.#column('ranges', 'classes', rows + 4, 4, n, 8);
    for (let row = rows; row < rows + n * 8; row += 8) {
      this.#column('ranges', 'class', this.#u32(row), 4, this.#u32(row + 4));
    }
  }

  #networks(at: number): void {
    if (!this.#isNew('networks', at)) return;
    const header = {
      ipv4: 4,
      other: 4,
      records: 4,
      recordCount: 4,
      nodes: 4,
      nodeBytes: 4,
      walk: 4,
      chain: 4,
    } as const;
    this.#rows('networks', at, 1, 0, NETWORKS, header);
    const [records, count] = [this.#u32(at + NETWORKS.records), this.#u32(at + NETWORKS.recordCount)];
    this.#rows('networks', records, count, NETWORK.size, NETWORK, { class: 4, parent: 4 });
    const nodes = this.#u32(at + NETWORKS.nodes);
    for (let node = nodes; node < nodes + this.#u32(at + NETWORKS.nodeBytes);) node = this.#node(node);
  }

  /** @returns where the next one begins */
  #node(at: number): number {
    this.#rows('networks', at, 1, 0, NETWORK_NODE, { byte: 1, skip: 1, runs: 2 });
    this.#column('networks', 'around', at + NETWORK_NODE.other, 4);
    const [skip, runs] = [this.#u8(at + NETWORK_NODE.skip), this.#u16(at + NETWORK_NODE.runs)];
    this.#column('networks', 'skipped', at + NETWORK_NODE.first, 1, skip);
    const first = at + NETWORK_NODE.first + padded(skip);
    const heads = runs <= NETWORK_NODE.few ? padded(runs) : NETWORK_NODE.bits + NETWORK_NODE.before;
    this.#column('networks', 'heads', first, 1, heads);
    this.#column('networks', 'ref', first + heads, 4, runs);
    return first + heads + runs * 4;
  }

  #directories(at: number): void {
    if (!this.#isNew('directories', at)) return;
    this.#rows('directories', at, 1, 0, DIRECTORIES, { dict: 4, count: 4, longest: 4, levels: 4 });
    const first = at + DIRECTORIES.first;
    this.#rows('directories', first, this.#u32(at + DIRECTORIES.count), DIRECTORY.size, DIRECTORY, { class: 4, parent: 4 }); // prettier-ignore
    this.#dictionary(this.#u32(at));
  }

  #globs(at: number): void {
    if (!this.#isNew('globs', at)) return;
    const header = { dict: 4, tuples: 4, words: 4, longest: 4, filters: 4, rows: 4, pieces: 4, startMask: 4, starts: 4 } as const; // prettier-ignore
    this.#rows('globs', at, 1, 0, GLOBS, header);
    const n = (name: keyof typeof header): number => this.#u32(at + GLOBS[name]);
    const tuple = { first: 2, count: 2, before: 2, behind: 2 } as const;
    for (const row of this.#rows('globs', at + GLOBS.first, n('tuples'), GLOB_TUPLE.size, GLOB_TUPLE, tuple)) {
      const first = n('pieces') + this.#u16(row) * 4;
      if (this.#isNew('globs', first)) this.#column('globs', 'piece', first, 4, this.#u16(row + GLOB_TUPLE.count));
    }
    const filters = at + GLOBS.first + n('tuples') * GLOB_TUPLE.size;
    const filter = { piece: 4, mask: 4, sets: 4 } as const;
    for (const row of this.#rows('globs', filters, n('filters'), GLOB_FILTER.size, GLOB_FILTER, filter)) {
      const sets = this.#u32(row + GLOB_FILTER.mask) + 2;
      this.#column('globs', 'set', this.#u32(row + GLOB_FILTER.sets), 4, sets * n('words'));
    }
    this.#column('globs', 'start', n('starts'), 4, n('startMask') + 2);
    this.#column('globs', 'row', filters + n('filters') * GLOB_FILTER.size, 4, n('rows') * n('words'));
    this.#dictionary(this.#u32(at));
  }

  #automaton(at: number): void {
    if (!this.#isNew('automata', at)) return;
    this.#rows('automata', at, 1, 0, AUTOMATON, { states: 4, classes: 4, start: 4 });
    const [states, classes] = [this.#u32(at), this.#u32(at + AUTOMATON.classes)];
    this.#column('automata', 'map', at + AUTOMATON.map, 1, 256);
    this.#column('automata', 'accept', at + AUTOMATON.accept, 1, states);
    this.#column('automata', 'next', at + AUTOMATON.accept + padded(states), 2, states * classes);
  }

  #sequences(at: number): void {
    if (!this.#isNew('sequences', at)) return;
    const header = { slots: 4, classes: 4, texts: 4, stages: 4, users: 4, gaps: 4, chain: 4, once: 4 } as const;
    this.#rows('sequences', at, 1, 0, SUBSTRINGS, header);
    this.#column('sequences', 'map', at + SUBSTRINGS.map, 2, SUBSTRINGS.end + 1);
    this.#column('sequences', 'mask', at + SUBSTRINGS.masks, 2, 256);
    const n = (name: keyof typeof header): number => this.#u32(at + SUBSTRINGS[name]);
    const slots = at + SUBSTRINGS.pairs + n('classes') ** 2 * SUBSTRINGS.pair;
    const texts = slots + n('slots') * SUBSTRINGS.slot;
    const stages = texts + n('texts') * SUBSTRING_TEXT.size;
    const users = stages + n('stages') * STAGE.size;
    this.#column('sequences', 'pair', at + SUBSTRINGS.pairs, 4, (slots - at - SUBSTRINGS.pairs) / 4);
    this.#column('sequences', 'slot', slots, 4, (texts - slots) / 4);
    const text = { next: 4, kept: 4, users: 4, each: 4, once: 4, length: 2, flags: 2, text: 4 } as const;
    this.#rows('sequences', texts, n('texts'), SUBSTRING_TEXT.size, SUBSTRING_TEXT, text);
    const stage = { users: 4, class: 4, count: 4, min: 2, gap: 1, max: 1 } as const;
    this.#rows('sequences', stages, n('stages'), STAGE.size, STAGE, stage);
    const user = { from: 4, to: 4, text: 4, breaks: 4 } as const;
    this.#rows('sequences', users, n('users'), STAGE_USER.size, STAGE_USER, user);
  }

  /** Notes columns of rows. @returns where each row begins */
  #rows<L>(table: Table, at: number, count: number, size: number, layout: L, widths: Widths<L>): number[] {
    for (const [name, bytes] of Object.entries(widths) as [keyof L & string, Width][]) {
      this.#column(table, name, at + Number(layout[name]), bytes, count, size);
    }
    return Array.from({ length: count }, (_, i) => at + i * size);
  }

  #column(table: Table, name: string, at: number, bytes: Width, count = 1, stride: number = bytes): void {
    if (count === 0) return;
    const columns = this.found.get(table) ?? new Map<string, Field[]>();
    this.found.set(table, columns);
    const fields = columns.get(name) ?? [];
    columns.set(name, fields);
    for (let i = 0; i < count; i++) fields.push({ at: at + i * stride, bytes });
  }

  #isNew(table: Table, at: number): boolean {
    const name = `${table} ${at}`;
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    return true;
  }

  #u8(at: number): number {
    return this.#view.getUint8(at);
  }
  #u16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  #u32(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

const padded = (bytes: number): number => (bytes + 3) & ~3;
