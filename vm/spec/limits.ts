/** Every limit, with its reason. `docs/limits.md` is generated from this. Data only. */
export const LIMITS = {
  recordBytes: { value: 65536, doc: 'bytes of one event record: the largest exec with its arguments, twice over' },
  recordSlots: { value: 128, doc: 'slots of one record: one for each field' },
  pathBytes: { value: 4096, doc: "bytes of a path: the kernel's PATH_MAX" },
  textBytes: { value: 16384, doc: 'bytes of a list or command line; longer ones are cut and named in event.truncated' },
  stringBytes: { value: 4096, doc: 'bytes of any other string' },
  policies: { value: 65535, doc: 'policies of a bundle: two bytes of a verdict, one value for "none"' },
  rules: { value: 4194304, doc: 'rules of a bundle' },
  stepsPerEvent: { value: 4194304, doc: 'worst-case steps of one event; --allow-slow goes beyond it' },
  automatonStates: { value: 4096, doc: 'states of one glob or expression: about 1 MB of table' },
  sourceBytes: {
    value: 8388608,
    doc: 'bytes of one source file: a larger one is refused before it is read; --max-source-bytes changes it',
  },
  exprDepth: { value: 256, doc: 'nesting of parentheses and macros in an expression' },
  exprNodes: { value: 262144, doc: 'tests and set members of one expression, macros put in' },
  patternBytes: { value: 65536, doc: 'bytes of a glob or a regular expression' },
  sourceTokens: {
    value: 5000000,
    doc: 'tokens of one source file: a list of short values costs far more memory than its bytes',
  },
  diagramValues: {
    value: 128,
    doc: 'constants of one operand in a decision diagram, at two ends of cells each: with more of them keys divide better',
  },
  documentDepth: { value: 100, doc: 'nesting of lists and maps in a YAML document' },
  aliasExpansion: { value: 10000, doc: 'nodes that aliases of one YAML document may expand to' },
} as const;
