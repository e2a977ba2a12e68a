use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Error;

const MAGIC: &[u8] = b"LICTORB\0";
const HEADER_BYTES: usize = 16;
const ENTRY_BYTES: usize = 56;
const MANIFEST: usize = 0;
const PROGRAM: usize = 1;

/// How many sections a format has, of those that are read.
fn section_count(format: u32) -> Option<usize> {
    match format {
        1 => Some(4),
        2 => Some(5),
        _ => None,
    }
}

/// A bundle file: policies, compiled, with the names that verdicts carry as numbers.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// SHA-256 of the file: the bundle's identity.
    pub digest: [u8; 32],
    /// What people read of it.
    pub manifest: Manifest,
    /// What the module loads.
    pub program: Vec<u8>,
}

/// What people read of a bundle. What a host has no use for is left out.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// Of the bundle.
    pub name: String,
    /// Of the bundle.
    pub version: String,
    /// By the number of a verdict's policy.
    pub policies: Vec<Policy>,
    /// By the number of a verdict's rule.
    pub rules: Vec<Rule>,
    /// Kinds that a rule or a default needs.
    pub kinds: Vec<String>,
    /// Fields that rules and scopes read: what events should carry.
    pub fields: Vec<String>,
}

/// One policy of a bundle.
#[derive(Clone, Debug, Deserialize)]
pub struct Policy {
    /// Unique in the bundle.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// `enforce` or `observe`.
    pub mode: String,
    /// `admin`, `default` or `baseline`.
    pub tier: String,
}

/// One rule of a bundle.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Unique in its policy.
    pub name: String,
    /// The number of its policy.
    pub policy: u32,
    /// What it decides.
    pub action: String,
    /// How bad it is, where the rule says so.
    pub severity: Option<String>,
    /// Of the rule.
    pub tags: Vec<String>,
    /// A text with `{field}` in it.
    pub message: Option<String>,
}

impl Bundle {
    /// Reads a bundle file, which `lictor build` wrote. Every section has to have the digest that the file states; who made it
    /// is checked by `lictor verify`, not here.
    ///
    /// # Errors
    /// [`Error::Bundle`] with what is wrong.
    pub fn read(file: &[u8]) -> Result<Self, Error> {
        let sections = sections(file).map_err(Error::Bundle)?;
        let manifest: Manifest = rmp_serde::from_slice(sections[MANIFEST])
            .map_err(|error| Error::Bundle(format!("its manifest: {error}")))?;
        if manifest.rules.iter().any(|rule| rule.policy as usize >= manifest.policies.len()) {
            return Err(Error::Bundle("a rule of a policy that is not there".into()));
        }
        Ok(Self { digest: Sha256::digest(file).into(), manifest, program: sections[PROGRAM].to_vec() })
    }

    /// `POLICY/RULE` of a verdict's rule.
    pub fn rule_name(&self, rule: u32) -> Option<String> {
        let rule = self.manifest.rules.get(rule as usize)?;
        Some(format!("{}/{}", self.manifest.policies[rule.policy as usize].name, rule.name))
    }

    /// The name of a verdict's policy.
    pub fn policy_name(&self, policy: u16) -> Option<&str> {
        self.manifest.policies.get(usize::from(policy)).map(|policy| policy.name.as_str())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}

/// A length or an offset; one that no file of this machine can have becomes one that none has.
fn size_at(bytes: &[u8], at: usize) -> usize {
    let size = u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// Checks the table, and the place and the digest of each section. There is one way to write the same sections.
fn sections(file: &[u8]) -> Result<Vec<&[u8]>, String> {
    if file.len() < HEADER_BYTES || !file.starts_with(MAGIC) {
        return Err("it does not begin as one".into());
    }
    let (format, count) = (u32_at(file, 8), u32_at(file, 12) as usize);
    if section_count(format) != Some(count) {
        return Err(format!("format {format} with {count} sections"));
    }
    let truncated = || "it is truncated".to_owned();
    let table = file.get(HEADER_BYTES..HEADER_BYTES + count * ENTRY_BYTES).ok_or_else(truncated)?;
    let mut end = HEADER_BYTES + table.len();
    let mut sections = Vec::with_capacity(count);
    for (i, entry) in table.chunks_exact(ENTRY_BYTES).enumerate() {
        if u32_at(entry, 0) as usize != i || u32_at(entry, 4) != 0 || size_at(entry, 8) != end {
            return Err(format!("section {i} is not where it should be"));
        }
        let rest = &file[end..];
        let section = rest.get(..size_at(entry, 16)).ok_or_else(truncated)?;
        if Sha256::digest(section)[..] != entry[24..] {
            return Err(format!("section {i} does not have its digest"));
        }
        let padded = section.len().next_multiple_of(8);
        let padding = rest.get(section.len()..padded).ok_or_else(truncated)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(format!("bytes behind section {i}"));
        }
        sections.push(section);
        end += padded;
    }
    if end != file.len() {
        return Err("bytes behind its end".into());
    }
    Ok(sections)
}
