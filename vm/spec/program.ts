/**
 * Layout of the program section of a bundle: what the compiler emits and the VM verifies and runs in place.
 * Little-endian; offsets are from the program's start; tables are aligned to 4, the program to 8. Data only.
 *
 *     header                 80 bytes
 *     entries                what can decide: rules in order of decision, then the defaults of each kind, strictest first
 *     operands               what tests and classifiers read
 *     tests                  short-circuit code of conditions, and decision diagrams; jumps go forward only
 *     classifiers            value of an operand -> set of classes
 *     kinds                  for each kind the steps that find candidate entries
 *     lists                  lists of candidates, one behind the other
 *     data                   dictionaries, automata, texts
 *
 * An event of a kind runs its steps. A step takes the classes that a classifier (or each pair that two) found, looks up
 * what they refer to, and checks each candidate's remaining condition. The smallest entry that passes decides.
 */
export const PROGRAM = {
  magic: 0x4754434c, // "LCTG"
  version: 2,
  header: 80,
  magicAt: 0,
  versionAt: 4,
  sizeAt: 8, // u32, of the whole program
  ruleCountAt: 12, // u32, rules of the bundle
  policyCountAt: 16, // u32
  entriesAt: 20, // u32 offset
  entryCountAt: 24, // u32
  operandsAt: 28,
  operandCountAt: 32,
  testsAt: 36,
  testCountAt: 40,
  classifiersAt: 44,
  classifierCountAt: 48,
  kindsAt: 52, // one KIND record for each kind id up to kindCount
  kindCountAt: 56,
  listsAt: 60, // u32 offset
  listsSizeAt: 64, // u32 bytes
} as const;

/** An entry: a rule, a default, or the mark of a policy that is assumed to hold. */
export const ENTRY = {
  size: 8,
  rule: 0, // u32, NO_RULE for defaults and marks
  policy: 4, // u16
  bits: 6, // u8, an action and ENTRY_FLAGS
  errno: 7, // u8
  actions: 7, // the bits that are the action
} as const;

export const ENTRY_FLAGS = {
  continue: 8, // noted, does not decide
  observed: 16, // of a policy in observe mode: counts in the as-if decision alone
  default: 32,
  assumed: 64, // of a policy that is assumed to hold
  mark: 128, // says only that its policy is assumed
} as const;

/** Steps of a kind, for workloads that are known and for those whose metadata have not arrived. */
export const KIND = {
  size: 32,
  steps: 0, // u32 offset
  stepCount: 4, // u32
  unknownSteps: 8, // u32 offset
  unknownStepCount: 12, // u32
  bound: 16, // u32, worst-case steps in a workload that is known
  assumed: 20, // u32 offset of a u32 count and policy numbers that are assumed in any case, 0: none
  unknownBound: 24, // u32, worst-case steps in one that is not
} as const;

export const STEP = {
  size: 16,
  op: 0, // u8, STEP_OPS
  a: 4, // u16, classifier
  b: 6, // u16, classifier
  table: 8, // u32, what the operation looks up
  filter: 12, // u32, for pairs: offset of a FILTER, 0 for none
} as const;

/**
 * Which pairs can be in a table, so that most of those that an event has need no probe (Bloom, CACM 1970): u32 classes of
 * `a` and of `b`, then a u64 for each class of `a` and of `b`. In it stands the bit of each class that it is paired with,
 * which is the top 6 bits of the class times `factor`.
 */
export const FILTER = { classes: 0, others: 4, masks: 8, each: 8, factor: 0x9e3779b1, shift: 26 } as const;

export const STEP_OPS = {
  list: { code: 1, operands: 'ref', doc: 'check the candidates of one ref' },
  join: { code: 2, operands: 'a, refs', doc: 'for each class of `a`: check the candidates of the ref at its place' },
  sparse: { code: 3, operands: 'a, pairs', doc: 'for each class of `a`: look up its pair with 0, check likewise' },
  pair: { code: 4, operands: 'a, b, pairs', doc: 'for each pair of classes of `a` and `b`: likewise' },
} as const;

/**
 * What a table leads to: 0 is nothing; with the bit `entry`, that entry, without condition; with the bit `node`, the
 * test with that number, from which a diagram begins; else the offset of a list. A jump that is not below `node`, nor ACCEPT
 * or REJECT, ends a diagram: it is the ref of an entry, or that of a list with the bit `node`.
 *
 * Where the dearest that a table leads to is more than an entry, the bound has `allowed` steps for it at least. Few lists take
 * more; so a bound follows from which look-ups there are, and more rules of the same shapes leave it as it is.
 */
export const REF = { size: 4, entry: 0x80000000, node: 0x40000000, allowed: 64 } as const;
/**
 * Pairs: u32 buckets, u32 seed, then the buckets, placed as in a dictionary: five pairs of u32 classes, their five refs (0:
 * no pair), and a u32 that is not 0 where a pair whose first bucket this is lies in its second. The hash is that of the
 * eight bytes.
 */
export const PAIRS = {
  header: 8,
  buckets: 0,
  seed: 4,
  bucket: 64,
  slots: 5,
  refs: 40,
  overflow: 60,
  second: 0x9e3779b1,
  maxBuckets: 0x1000000,
} as const;
/** A list: u32 count, at least 1, then for each candidate a u32 entry (ascending) and a u32 test to start from, ACCEPT for none. */
export const CANDIDATE = { size: 8, entry: 0, test: 4 } as const;

export const OPERAND = {
  size: 16,
  kind: 0, // u8, OPERAND_KINDS
  field: 2, // u16
  arg: 4, // u32: index into a list, offset of a text
  value: 8, // u64: a constant, a mask
} as const;

export const OPERAND_KINDS = {
  field: { code: 0, doc: 'a field' },
  masked: { code: 1, doc: 'an integer field & value' },
  index: { code: 2, doc: 'element `arg` of a list field' },
  key: { code: 3, doc: 'the value of a map field under the key at `arg`' },
  element: { code: 4, doc: 'the list element that `any` is at' },
  text: { code: 5, doc: 'the constant text at `arg` (addresses: 16 bytes)' },
  int: { code: 6, doc: 'the constant `value`' },
} as const;

/** Fields that only programs read: facts that scopes need in another form than the language gives them. */
export const INTERNAL_FIELDS = {
  imageName: 100, // container.image without tag and digest
  givenClass: 101, // host.class where it was given, not derived
} as const;
export const FIELD_COUNT = 128;

export const TEST = {
  size: 16,
  op: 0, // u32: in the low 8 bits one of TEST_OPS, then `sub` (fold, comparison, table form), then the left operand
  right: 4, // u32, operand or table
  yes: 8, // u32, test to go on with, ACCEPT or REJECT, or where a diagram ends (REF)
  no: 12, // u32
  subShift: 8,
  leftShift: 12,
  inline: 0x80000000, // of a right operand: the rest is not the number of a row but an integer, or the offset of a text
} as const;
export const ACCEPT = 0xffffffff;
export const REJECT = 0xfffffffe;

export const TEST_OPS = {
  exists: { code: 1, sub: '', right: '', doc: 'the operand is there' },
  truth: { code: 2, sub: '', right: '', doc: 'the operand is there and not zero' },
  int: { code: 3, sub: 'comparison', right: 'operand', doc: 'integers compare so (booleans are 0 and 1)' },
  equal: { code: 4, sub: '', right: 'operand', doc: 'texts or addresses are equal' },
  order: { code: 5, sub: 'comparison', right: 'operand', doc: 'addresses of one family compare so' },
  in: { code: 6, sub: 'table form', right: 'table', doc: 'the value is in the set' },
  startswith: { code: 7, sub: 'fold', right: 'operand', doc: 'the text begins with' },
  endswith: { code: 8, sub: 'fold', right: 'operand', doc: 'the text ends with' },
  contains: { code: 9, sub: 'fold', right: 'operand', doc: 'the text contains' },
  automaton: { code: 10, sub: '', right: 'table', doc: 'the automaton accepts the whole text' },
  below: { code: 11, sub: '', right: 'operand', doc: 'the path is the directory or below it' },
  flag: { code: 12, sub: '', right: 'bit', doc: 'the flag is set' },
  has: { code: 13, sub: '', right: 'operand', doc: 'the list has an element equal to' },
  any: { code: 14, sub: '', right: 'test', doc: 'the tests from `right` on accept one element of the list' },
  before: { code: 15, sub: '', right: 'operand', doc: 'the text comes before it in the order of bytes' },
} as const;

export const COMPARISONS = { '=': 0, '<': 1, '<=': 2, '>': 3, '>=': 4, unsigned: 8 } as const;
/** Forms of a set: a dictionary of texts, of 8-byte integers, networks, or one network. */
export const SET_FORMS = { text: 0, int: 1, net: 2, prefix: 3 } as const;

export const CLASSIFIER = {
  size: 16,
  form: 0, // u8, CLASSIFIER_FORMS
  fold: 1, // u8: ASCII case folded; for ranges: unsigned
  operand: 4, // u32; for `both` two classifiers before this one, u16 each
  table: 8, // u32
  cap: 12, // u32, classes at most at once
} as const;

export const CLASSIFIER_FORMS = {
  text: { code: 0, doc: 'a dictionary: equal texts or addresses' },
  prefix: { code: 1, doc: 'lengths, and a dictionary probed at each: texts that begin so' },
  suffix: { code: 2, doc: 'lengths, and a dictionary probed at each: texts that end so' },
  substring: {
    code: 3,
    doc: 'an Aho-Corasick automaton and sequences of what it finds: texts that contain, expressions',
  },
  elements: { code: 4, doc: 'a dictionary probed with each element of a list' },
  int: { code: 5, doc: 'a dictionary of 8-byte integers' },
  range: { code: 6, doc: 'sorted interval starts, searched by halving' },
  net: { code: 7, doc: 'a trie: the network that holds the address most closely, and those around it' },
  both: { code: 9, doc: 'pairs of classes of two classifiers that find one at most, each with its class + 1' },
  directory: {
    code: 10,
    doc: 'a dictionary probed at slashes, the last ones first: texts that begin so, and what encloses those',
  },
  glob: {
    code: 11,
    doc: 'tuples of places, and a dictionary probed for each: texts with such components between slashes',
  },
  floating: {
    code: 12,
    doc: 'tuples of places, and a dictionary probed for each at any component: texts with such components anywhere',
  },
} as const;

/** How many `both` can stand inside each other. */
export const BOTH_DEPTH = 8;

/**
 * A dictionary: u32 buckets, u32 seed, then the buckets: two-choice cuckoo hashing, four slots {u32 tag, u32 offset} each
 * (Pagh and Rodler 2001; Fan et al. 2013). Of the 64 bits of a hash the upper half, the place, times the number of buckets
 * gives the first bucket; the lower half is the tag; the tag times `second`, combined by exclusive or with the place, gives
 * the second bucket likewise. `overflow` in the first offset of a bucket says that a key whose first bucket this is lies in
 * its second. Keys that share a tag share no bucket, so that a look-up compares one text. A record: u32 value, u16 length,
 * bytes; it is not aligned.
 */
export const DICT = {
  header: 8,
  buckets: 0,
  seed: 4,
  bucket: 32,
  slot: 8,
  overflow: 0x80000000,
  second: 0x9e3779b1,
  maxBuckets: 0x1000000,
} as const;
export const DICT_RECORD = { value: 0, length: 4, bytes: 6 } as const;
/** A text: u32 length, bytes padded to 4. */
export const TEXT = { length: 0, bytes: 4 } as const;
/** Lengths: u32 count, u32 dictionary, then the lengths ascending. */
export const LENGTHS = { count: 0, dict: 4, first: 8 } as const;
/**
 * Networks: a trie over the bytes of an address, of which a node tells the values of one byte apart. It has two roots, so
 * that the 96 bits that all IPv4 addresses share are not walked. A reference is 0 (no network), the offset of a record, or
 * that of a node plus 1. A record is a network, `bits` of it in the top byte and its class below, and the record of the
 * smallest network around it. Records stand before those that name them as parents; so do nodes.
 */
export const NETWORKS = {
  size: 32,
  ipv4: 0, // u32, reference for IPv4 addresses
  other: 4, // u32, reference for all others
  records: 8, // u32 offset
  recordCount: 12,
  nodes: 16, // u32 offset
  nodeBytes: 20,
  walk: 24, // u32, steps to a record at most
  chain: 28, // u32, records at most from one to the outermost
} as const;
export const NETWORK = { size: 8, class: 0, parent: 4, bitsShift: 24, classMask: 0xffffff } as const;
/**
 * A node: bytes before the one it tells apart must be `skip` given ones, or else `other` is what was looked for (path
 * compression). The 256 values of its byte are cut into runs, a reference each. Where there are few, the first value of
 * each run stands there, padded to 4; else 256 bits with one set at each first value, and for each 64 of them how many are
 * set before (Degermark et al., SIGCOMM 1997).
 */
export const NETWORK_NODE = {
  byte: 0, // u8, number of the byte
  skip: 1, // u8
  runs: 2, // u16
  other: 4, // u32, offset of a record or 0
  first: 8, // skipped bytes padded to 4, then first values or bits, then references
  few: 8,
  bits: 32,
  before: 4,
} as const;
/** One network: u32 bits, 16 bytes. */
export const PREFIX = { size: 20, bits: 0, bytes: 4 } as const;
/**
 * Directories: texts that end with a slash, in a dictionary of their numbers; `levels` has bit n - 1 set where a key has n
 * slashes. Behind the header stands a row for each: a directory comes after those that enclose it.
 */
export const DIRECTORIES = {
  dict: 0,
  count: 4,
  longest: 8,
  levels: 12,
  first: 16,
  maxLevels: 32,
} as const;
/** A directory: its class; in the low 24 bits the number of the next one that encloses it + 1, 0 for none; above, how many do, with itself. */
export const DIRECTORY = { size: 8, class: 0, parent: 4, depthShift: 24, parentMask: 0xffffff } as const;
/**
 * Globs: tuple space search over the components between slashes (Srinivasan, Suri, Varghese, SIGCOMM 1999). A tuple is a
 * list of pieces, and how many components there are. Its keys are: u16 tuple, and for each of its pieces, in order, the
 * text and a slash. Floating tuples, those with pieces that may stand anywhere, are in tables of their own, and are probed
 * at each component that one of their keys begins with.
 * Sets of tuples, `words` u32 each, tell which tuples are worth a probe: `rows` of them by the number of components (the
 * last row for all larger ones), then for each filter 2^n of them by the hash of its piece, and one for texts without it
 * or with one that is longer than any key. `starts` are likewise sets of floating tuples, by the hash of the component that their pieces are placed from.
 * Behind the header stand the tuples, the filters, and the rows.
 */
export const GLOBS = {
  ...{ dict: 0, tuples: 4, words: 8, longest: 12, filters: 16, rows: 20, pieces: 24 },
  ...{ startMask: 28, starts: 32, first: 36 },
  maxTuples: 256,
  maxFloating: 32,
  maxFilters: 128,
  maxComponents: 32,
  maxKey: 4096,
  maxMask: 0x3fff,
} as const;
/** The first of its pieces, and how many; for a floating one, components before its first one, and behind that, at least. */
export const GLOB_TUPLE = { size: 8, first: 0, count: 2, before: 4, behind: 6 } as const;
/**
 * A piece: a component by its place from the front, from the end (`end`), or from that at which a floating tuple is
 * probed (`base`). With `part`, of a component of at least `least` bytes (`fixed`: exactly) the `length` bytes that stand
 * `offset` bytes behind its begin, or with `last` before its end.
 */
export const GLOB_PIECE = {
  place: 0x1f,
  end: 0x20,
  base: 0x40,
  part: 0x80,
  last: 0x100,
  fixed: 0x200,
  offsetShift: 10,
  maxOffset: 0x3f,
  lengthShift: 16,
  leastShift: 24,
  maxLength: 0xff,
} as const;
export const GLOB_FILTER = { size: 12, piece: 0, mask: 4, sets: 8 } as const;
/** Ranges: u32 count, u32 padding, i64 starts ascending (the first is the smallest), then {u32 offset, u32 count} of class lists. */
export const RANGES = { count: 0, starts: 8 } as const;
/** An automaton over byte classes: u32 states, u32 classes, u32 start, then 256 class numbers, a byte a state (accepts), u16 next states. */
export const AUTOMATON = { states: 0, classes: 4, start: 8, map: 12, accept: 268, maxStates: 65535 } as const;
/**
 * Sequences: an Aho-Corasick automaton, and for each sequence the stages that must follow one another in the text. Behind
 * the header and a u16 class for each symbol (bytes, begin, end of the text) and a u16 set of the gaps that each byte
 * breaks stand:
 *
 *     pairs     {u32 state, u32 found} by the last class times `classes` plus the class
 *     slots     {u32 check, u32 state, u32 found} by state plus class times 12: states are offsets into the slots
 *     texts     what the automaton finds, `found` being their number from 1; a text stands before those that end with it
 *     stages    how far sequences have come: what they have in common at their begin are the same stages
 *     users     {u32 from, u32 to, u32 text, u32 breaks}: from one stage (or anywhere) this text, in which so many bytes
 *               break the gap behind that stage, leads to another. First those that are listed by their text, to be looked
 *               at wherever it is found, then those that are listed by their stage and wait for their text
 */
export const SUBSTRINGS = {
  slots: 0, // u32
  classes: 4, // u32
  texts: 8, // u32
  stages: 12, // u32
  users: 16, // u32
  gaps: 20, // u32, sets of bytes that gaps are made of, at most 16
  chain: 24, // u32, steps of what is found at one position at most, but for what an event does once
  once: 28, // u32, steps of what an event does once
  map: 32,
  masks: 548,
  pairs: 1060,
  pair: 8,
  slot: 12,
  begin: 256, // symbols
  end: 257,
  none: 0xffffffff,
  maxGaps: 16,
  recent: 64, // ends that a stage with a gap of an end knows
} as const;
export const SUBSTRING_TEXT = {
  size: 28,
  next: 0, // u32, number from 1 of the longest text that this one ends with, 0: none
  kept: 4, // u32, the next of those that is not plain
  users: 8, // u32, first of its users
  each: 12, // u32, users that are looked at wherever the text is
  once: 16, // u32, users behind those: anywhere, seen once is seen enough
  length: 20, // u16, bytes, and one for the end of the text
  flags: 22, // u16, SUBSTRING_FLAGS
  text: 24, // u32, offset of the text, for people
} as const;
export const SUBSTRING_FLAGS = {
  plain: 1, // seen once is seen enough
  begin: 2, // at the begin of the text only
  end: 4,
} as const;
export const STAGE = {
  size: 16,
  users: 0, // u32, first of the users that wait when it is reached
  class: 4, // u32, class of the sequence in its last stage, else none
  count: 8, // u32, users that wait
  min: 12, // u16, least bytes of the gap behind it
  gap: 14, // u8, number from 1 of the gap behind it, of the last stage of the gap that the whole text must be, 0: any bytes
  max: 15, // u8, most bytes of the gap and 1, 0: without end
} as const;
/** `from` is none where the text is looked for anywhere. */
export const STAGE_USER = { size: 16, from: 0, to: 4, text: 8, breaks: 12 } as const;
