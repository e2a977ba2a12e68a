use crate::spec;

fn u32_at(span: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(span[at..at + 4].try_into().expect("4 bytes"))
}

/// Where a batch of `verdicts` that began at `at` ended in records that stand one behind the other; one whose size cannot be
/// believed is the last.
pub(crate) fn behind_records(span: &[u8], mut at: usize, verdicts: usize) -> usize {
    for _ in 0..verdicts {
        let left = span.len() - at;
        if left < spec::RECORD_HEADER {
            return span.len();
        }
        let size = u32_at(span, at) as usize;
        if size < spec::RECORD_HEADER || size > left || !size.is_multiple_of(8) {
            return span.len();
        }
        at += size;
    }
    at
}

/// The same in a span of a BPF ring buffer: behind the discarded records that follow as well, and at the end where the next
/// one is still being written.
pub(crate) fn behind_ring(span: &[u8], mut at: usize, mut verdicts: usize) -> usize {
    while span.len() - at >= spec::RING_HEADER {
        let header = u32_at(span, at);
        let is_discarded = header & spec::RING_DISCARD != 0;
        if header & spec::RING_BUSY != 0 {
            return span.len();
        }
        if !is_discarded {
            if verdicts == 0 {
                return at;
            }
            verdicts -= 1;
        }
        let size = (header & !spec::RING_DISCARD) as usize;
        at = span.len().min(at + spec::RING_HEADER + size.next_multiple_of(8));
    }
    span.len()
}
