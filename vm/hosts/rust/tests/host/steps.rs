//! Files of steps (vm/vectors/README.md).

/// Bytes of which numbers are taken from the front; where there are too few it panics.
pub struct Steps<'a>(pub &'a [u8]);

impl<'a> Steps<'a> {
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().unwrap())
    }

    pub fn key(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().unwrap())
    }

    pub fn list(&mut self) -> Vec<u32> {
        (0..self.word()).map(|_| self.word()).collect()
    }

    /// The code and the payload of the next step; none at the end.
    pub fn step(&mut self) -> Option<(u32, Steps<'a>)> {
        if self.0.is_empty() {
            return None;
        }
        let (code, length) = (self.word(), self.word() as usize);
        let payload = self.take(length);
        self.take(length.next_multiple_of(4) - length);
        Some((code, Steps(payload)))
    }
}
