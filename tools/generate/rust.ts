/** What the Rust host knows of the specification. */
import { ACTIONS, ERRORS, FIELDS, RING, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { FLAG_FIELDS, HOST_KINDS, NONE, NUMBERS, POINTER_FIELDS, SIZED_FIELDS } from './host.ts';
import { componentDigest, moduleDigest } from './module-digest.ts';
import { constantName, GENERATED, type Target } from './target.ts';

/** `proc.caller_path` → `ProcCallerPath` */
const typeName = (name: string): string => name.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Lines of a block, indented. */
const block = (lines: readonly string[], depth = 1): string =>
  lines.map((line) => `${'    '.repeat(depth)}${line}`).join('\n');

interface Member {
  readonly name: string;
  readonly id: number;
  readonly doc: string;
}

/** An enumeration of names, and the way from a member to its name and back. */
const named = (type: string, repr: string, doc: string, members: readonly Member[]): string => `
/// ${doc}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(${repr})]
pub enum ${type} {
${block(members.flatMap((member) => [`/// ${member.doc}`, `${typeName(member.name)} = ${member.id},`]))}
}

impl ${type} {
    /// As policies and events spell it.
    pub fn name(self) -> &'static str {
        match self {
${block(
  members.map(({ name }) => `Self::${typeName(name)} => "${name}",`),
  3,
)}
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
${block(
  members.map(({ name }) => `"${name}" => Self::${typeName(name)},`),
  3,
)}
            _ => return None,
        })
    }
}
`;

const TYPES = [...new Set(FIELDS.map(({ type }) => type))];
const ofType = (wanted: string): string =>
  FIELDS.filter(({ type }) => type === wanted)
    .map(({ name }) => `Self::${typeName(name)}`)
    .join(' | ');
const LENGTHS = [...new Set(SIZED_FIELDS.map(({ max }) => max))].sort((a, b) => a - b);
const STATUSES = Object.entries(ERRORS).filter(([name]) => name !== 'ok');
/** Numbers that this host has a use for; those that are no sizes and no offsets have a type of their own. */
const CONSTANTS = Object.entries({ ...NUMBERS, ringBusy: RING.busy, ringDiscard: RING.discard })
  .filter(([name]) => !name.startsWith('status') && name !== 'abiVersion')
  .map(([name, value]) => {
    const type = name === 'recordVersion' ? 'u8' : /^note|^ring[BD]/.test(name) ? 'u32' : 'usize';
    return `pub(crate) const ${constantName(name)}: ${type} = ${value};`;
  });

/** @returns `vm/hosts/rust/src/spec.rs` */
export const rustSpec = (): Target => ({
  path: 'vm/hosts/rust/src/spec.rs',
  text: `// ${GENERATED}

use std::fmt;

/// SHA-256 of the module that this crate was made for.
pub const MODULE_DIGEST: &str = "${moduleDigest()}";

/// SHA-256 of the component that this crate was made for.
#[cfg(feature = "component")]
pub const COMPONENT_DIGEST: &str = "${componentDigest()}";
${named('Kind', 'u8', 'What an event is about.', HOST_KINDS)}${named(
    'Field',
    'u16',
    'A field of an event, or of facts.',
    FIELDS.map(({ name, id, type, doc }) => ({ name, id, doc: `${type}: ${doc}` })),
  )}
/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
${block(TYPES.flatMap((type) => [`/// \`${type}\``, `${typeName(type)},`]))}
}

impl Field {
    /// What its values are.
    pub fn value_type(self) -> ValueType {
        match self {
${block(
  TYPES.map((type) => `${ofType(type)} => ValueType::${typeName(type)},`),
  3,
)}
        }
    }

    /// How many bytes a text, or a list with its lengths, may have; 0 for other types.
    pub fn bytes_most(self) -> usize {
        match self {
${block(
  LENGTHS.map(
    (length) =>
      `${SIZED_FIELDS.filter(({ max }) => max === length)
        .map(({ name }) => `Self::${typeName(name)}`)
        .join(' | ')} => ${length},`,
  ),
  3,
)}
            _ => 0,
        }
    }

    /// The bit of one of its flags, where it is a set of flags that has it.
    pub fn flag(self, name: &str) -> Option<u64> {
        let flags: &[&str] = match self {
${block(
  FLAG_FIELDS.map(
    ({ name, values = [] }) => `Self::${typeName(name)} => &[${values.map((value) => `"${value}"`).join(', ')}],`,
  ),
  3,
)}
            _ => &[],
        };
        flags.iter().position(|flag| *flag == name).map(|bit| 1 << bit)
    }
}

/// Whether the value of a slot with this field's number is an offset.
pub(crate) fn points(field: u16) -> bool {
    matches!(field, ${POINTER_FIELDS.map(({ id }) => id).join(' | ')})
}

/// Of a verdict, by strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Action {
${block(ACTIONS.flatMap((name, i) => [`/// \`${name}\``, `${typeName(name)} = ${i},`]))}
}

impl Action {
    /// As policies spell it.
    pub fn name(self) -> &'static str {
        match self {
${block(
  ACTIONS.map((name) => `Self::${typeName(name)} => "${name}",`),
  3,
)}
        }
    }

    /// The one with the number; what is none is the strictest.
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
${block(
  ACTIONS.slice(0, -1).map((name, i) => `${i} => Self::${typeName(name)},`),
  3,
)}
            _ => Self::${typeName(ACTIONS[ACTIONS.length - 1])},
        }
    }
}

bitflags::bitflags! {
    /// What else there is to a verdict.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VerdictFlags: u8 {
${block(
  Object.entries(VERDICT_FLAGS).flatMap(([name, bit]) => [
    `#[allow(missing_docs)]`,
    `const ${constantName(name)} = ${bit};`,
  ]),
  2,
)}
    }
}

/// What the module refuses a call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "component", derive(wasmtime::component::ComponentType, wasmtime::component::Lift))]
#[cfg_attr(feature = "component", component(enum))]
#[repr(u8)]
pub enum Status {
${block(
  STATUSES.flatMap(([name, { doc }]) => [
    `/// ${doc}`,
    `#[cfg_attr(feature = "component", component(name = "${name}"))]`,
    `${typeName(name)},`,
  ]),
)}
}

impl Status {
    /// Of what a call of the module returned; none where that is no error.
    pub(crate) fn of(result: i32) -> Option<Self> {
        Some(match result {
            0.. => return None,
${block(
  STATUSES.slice(1).map(([name, { code }]) => `${code} => Self::${typeName(name)},`),
  3,
)}
            _ => Self::${typeName(STATUSES[0][0])},
        })
    }

    /// The number of the module's interface.
    pub fn code(self) -> i32 {
        -1 - self as i32
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
${block(
  STATUSES.map(([name, { doc }]) => `Self::${typeName(name)} => "${doc}",`),
  3,
)}
        })
    }
}

pub(crate) const NO_RULE: u32 = ${NONE.noRule};
pub(crate) const NO_POLICY: u16 = ${NONE.noPolicy};
${CONSTANTS.join('\n')}
`,
});
