use std::fmt;

use crate::spec::{Action, NO_POLICY, NO_RULE, VERDICT_BYTES, VerdictFlags};

/// What the policies say of one event. Numbers of rules and policies are indices into the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What happens to the operation.
    pub action: Action,
    /// What else there is to it.
    pub flags: VerdictFlags,
    /// With which the operation fails, 0 where it passes.
    pub errno: u8,
    /// What it would be if every observing policy were enforced.
    pub as_if_action: Action,
    /// The rule that decided; none for a default, or where nothing applies.
    pub rule: Option<u32>,
    /// Of the as-if decision.
    pub as_if_rule: Option<u32>,
    /// The policy that decided; none where nothing applies.
    pub policy: Option<u16>,
    /// Of the as-if decision.
    pub as_if_policy: Option<u16>,
}

impl Verdict {
    /// Reads the bytes that the module writes.
    pub fn from_bytes(bytes: &[u8; VERDICT_BYTES]) -> Self {
        let rule = |at: usize| {
            let number = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            (number != NO_RULE).then_some(number)
        };
        let policy = |at: usize| {
            let number = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
            (number != NO_POLICY).then_some(number)
        };
        Self {
            action: Action::from_number(bytes[0]),
            flags: VerdictFlags::from_bits_retain(bytes[1]),
            errno: bytes[2],
            as_if_action: Action::from_number(bytes[3]),
            rule: rule(4),
            as_if_rule: rule(8),
            policy: policy(12),
            as_if_policy: policy(14),
        }
    }

    /// Whether the operation goes on: it is allowed, or only audited.
    pub fn passes(&self) -> bool {
        self.action <= Action::Audit
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
