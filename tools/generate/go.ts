/** What the Go host knows of the specification. */
import { ACTIONS, ERRORS, FIELDS, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { FLAG_BITS, HOST_KINDS, NONE, NUMBERS, POINTER_FIELDS, SIZED_FIELDS } from './host.ts';
import { moduleDigest } from './module-digest.ts';
import { GENERATED, type Target } from './target.ts';

/** `proc.caller_path` → `ProcCallerPath` */
const goName = (name: string): string => name.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());

const constants = (lines: readonly string[]): string => `const (\n${lines.map((line) => `\t${line}`).join('\n')}\n)\n`;

/** Lines of two columns, as gofmt aligns them. */
const columns = (rows: readonly (readonly [left: string, right: string])[]): readonly string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)} ${right}`);
};

/** @returns `vm/hosts/go/spec.go`, in gofmt's form */
export const goSpec = (): Target => ({
  path: 'vm/hosts/go/spec.go',
  text: `// ${GENERATED}

package lictor

// ModuleDigest is the SHA-256 of the module that this package was made for.
const ModuleDigest = "${moduleDigest()}"

// Kind is what an event is about.
type Kind uint8

// Kinds. Facts of a subject or a workload are of the kind KindFacts.
${constants(
  HOST_KINDS.map(
    ({ id, name, doc }) => `// Kind${goName(name)} is ${name}: ${doc}\n\tKind${goName(name)} Kind = ${id}`,
  ),
)}
// Field is a field of an event, or of facts.
type Field uint16

// Fields, by the type of their values: see the reference of fields.
${constants(
  FIELDS.map(
    ({ id, name, type, doc }) =>
      `// Field${goName(name)} is ${name} (${type}): ${doc}\n\tField${goName(name)} Field = ${id}`,
  ),
)}
// Action of a verdict, by strictness.
type Action uint8

// Actions.
${constants(columns(ACTIONS.map((name, i) => [`Action${goName(name)}`, `Action = ${i}`])))}
var kindNames = [...]string{${HOST_KINDS.map(({ id, name }) => `${id}: "${name}"`).join(', ')}}

var fieldNames = [...]string{${FIELDS.map(({ id, name }) => `${id}: "${name}"`).join(', ')}}

var actionNames = [...]string{${ACTIONS.map((name) => `"${name}"`).join(', ')}}

// VerdictFlags say what else there is to a verdict.
type VerdictFlags uint8

// Flags.
${constants(
  columns(Object.entries(VERDICT_FLAGS).map(([name, bit]) => [`Flag${goName(name)}`, `VerdictFlags = ${bit}`])),
)}
// Bits of the fields that are sets of flags, for Record.Uint.
${constants(
  columns(FLAG_BITS.map(({ field, name, bit }) => [`${goName(field)}${goName(name)}`, `uint64 = 1 << ${bit}`])),
)}
// Numbers that stand for none.
${constants(columns(Object.entries(NONE).map(([name, value]) => [goName(name), `= ${value}`])))}
${constants(columns(Object.entries(NUMBERS).map(([name, value]) => [name, `= ${value}`])))}
var errorTexts = map[int32]string{
${columns(Object.values(ERRORS).map(({ code, doc }) => [`\t${code}:`, `"${doc}",`])).join('\n')}
}

// fieldBytes is how long a text, or a list, may be.
func fieldBytes(field Field) int {
	if int(field) < len(fieldSizes) {
		return fieldSizes[field]
	}
	return 0
}

var fieldSizes = [...]int{${SIZED_FIELDS.map(({ id, max }) => `${id}: ${max}`).join(', ')}}

// fieldPoints says whether the value of a field's slot is an offset.
func fieldPoints(field Field) bool {
	return int(field) < len(fieldPointers) && fieldPointers[field]
}

var fieldPointers = [...]bool{${POINTER_FIELDS.map(({ id }) => `${id}: true`).join(', ')}}
`,
});
