use std::net::IpAddr;

use crate::Error;
use crate::spec::{self, Field, Kind, ValueType};

/// Writes one event, or facts, in the form that the module reads. It may be used again and again, and allocates only until its
/// buffers are large enough.
#[derive(Clone, Debug)]
pub struct Record {
    /// Header and slots.
    head: Vec<u8>,
    /// What offsets of slots lead to; it comes behind the slots.
    data: Vec<u8>,
    is_sound: bool,
}

impl Record {
    /// Begins a record of a kind; facts are of the kind [`Kind::Facts`].
    pub fn new(kind: Kind) -> Self {
        let mut record = Self { head: Vec::new(), data: Vec::new(), is_sound: true };
        record.reset(kind);
        record
    }

    /// Forgets what was written and begins anew.
    pub fn reset(&mut self, kind: Kind) -> &mut Self {
        self.head.clear();
        self.head.resize(spec::RECORD_HEADER, 0);
        self.head[spec::RECORD_KIND_AT] = kind as u8;
        self.head[spec::RECORD_VERSION_AT] = spec::RECORD_VERSION;
        self.data.clear();
        self.is_sound = true;
        self
    }

    /// When it happened, in nanoseconds since 1970.
    pub fn time(&mut self, ns: u64) -> &mut Self {
        self.number(spec::RECORD_TIME_AT, ns)
    }

    /// The key of the facts of the process.
    pub fn subject(&mut self, key: u64) -> &mut Self {
        self.number(spec::RECORD_SUBJECT_AT, key)
    }

    /// The key of the facts of the workload.
    pub fn workload(&mut self, key: u64) -> &mut Self {
        self.number(spec::RECORD_WORKLOAD_AT, key)
    }

    fn number(&mut self, at: usize, value: u64) -> &mut Self {
        self.head[at..at + 8].copy_from_slice(&value.to_le_bytes());
        self
    }

    fn slot(&mut self, field: Field, types: &[ValueType], length: usize, value: u64) -> &mut Self {
        let id = (field as u16).to_le_bytes();
        let stands = self.head[spec::RECORD_HEADER..].chunks_exact(spec::SLOT_BYTES).any(|slot| slot[..2] == id);
        self.is_sound &= !stands && types.contains(&field.value_type());
        self.head.extend_from_slice(&id);
        self.head.extend_from_slice(&[0, 0]);
        self.head.extend_from_slice(&(length as u32).to_le_bytes());
        self.head.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A number.
    pub fn int(&mut self, field: Field, value: i64) -> &mut Self {
        self.slot(field, &[ValueType::Int], 8, value as u64)
    }

    /// A number beyond those of [`int`](Self::int), or the bits of a set of flags (see [`Field::flag`]).
    pub fn uint(&mut self, field: Field, value: u64) -> &mut Self {
        self.slot(field, &[ValueType::Int, ValueType::Flags], 8, value)
    }

    /// A truth value.
    pub fn bool(&mut self, field: Field, value: bool) -> &mut Self {
        self.slot(field, &[ValueType::Bool], 8, value.into())
    }

    /// A text, of any bytes. One that is longer than its field may be makes the record unsound.
    pub fn string(&mut self, field: Field, value: impl AsRef<[u8]>) -> &mut Self {
        let (value, at) = (value.as_ref(), self.data.len());
        self.is_sound &= value.len() <= field.bytes_most();
        self.padded(value);
        self.slot(field, &[ValueType::String], value.len(), at as u64)
    }

    /// An address; IPv4 becomes `::ffff:a.b.c.d`.
    pub fn addr(&mut self, field: Field, value: IpAddr) -> &mut Self {
        let at = self.data.len();
        let value = match value {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        self.data.extend_from_slice(&value.octets());
        self.slot(field, &[ValueType::Address], 16, at as u64)
    }

    /// A list of texts; of a map, keys and values in turns.
    pub fn list<T: AsRef<[u8]>>(&mut self, field: Field, values: &[T]) -> &mut Self {
        let at = self.data.len();
        self.data.extend_from_slice(&(values.len() as u32).to_le_bytes());
        for value in values {
            let value = value.as_ref();
            self.data.extend_from_slice(&(value.len() as u32).to_le_bytes());
            self.padded(value);
        }
        let length = self.data.len() - at;
        self.is_sound &= length <= field.bytes_most();
        self.slot(field, &[ValueType::List, ValueType::Map], length, at as u64)
    }

    fn padded(&mut self, value: &[u8]) {
        self.data.extend_from_slice(value);
        self.data.resize(self.data.len().next_multiple_of(4), 0);
    }

    /// Ends the record and appends it to others.
    ///
    /// # Errors
    /// [`Error::Record`] where something did not fit; nothing is appended then.
    pub fn append(&mut self, to: &mut Vec<u8>) -> Result<(), Error> {
        let slots = (self.head.len() - spec::RECORD_HEADER) / spec::SLOT_BYTES;
        let size = (self.head.len() + self.data.len()).next_multiple_of(8);
        if !self.is_sound || slots > spec::RECORD_SLOTS_MOST || size > spec::RECORD_BYTES_MOST {
            return Err(Error::Record);
        }
        self.head[..4].copy_from_slice(&(size as u32).to_le_bytes());
        self.head[spec::RECORD_SLOTS_AT..][..2].copy_from_slice(&(slots as u16).to_le_bytes());
        let start = to.len();
        to.extend_from_slice(&self.head);
        for slot in to[start + spec::RECORD_HEADER..].chunks_exact_mut(spec::SLOT_BYTES) {
            if spec::points(u16::from_le_bytes([slot[0], slot[1]])) {
                let (_, value) = slot.split_at_mut(8);
                let offset = u64::from_le_bytes(value.try_into().expect("8 bytes")) + self.head.len() as u64;
                value.copy_from_slice(&offset.to_le_bytes());
            }
        }
        to.extend_from_slice(&self.data);
        to.resize(start + size, 0);
        Ok(())
    }
}
