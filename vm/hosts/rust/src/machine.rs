use crate::Error;

/// The core module, or the component: what a [`Vm`](crate::Vm) runs. One instance with one program in it.
///
/// Nobody else can implement it.
pub trait Machine: sealed::Calls {}

/// Whose facts.
#[derive(Clone, Copy)]
pub enum Of {
    Subject,
    Workload,
}

/// What was noted beside a verdict.
#[derive(Clone, Copy)]
pub enum Noted {
    Matches,
    Assumed,
}

/// What a span consists of.
#[derive(Clone, Copy)]
pub enum Form {
    Records,
    Ring,
}

pub(crate) mod sealed {
    use super::{Error, Form, Noted, Of};

    pub trait Calls: Sized + Send {
        /// Shared by all instances.
        type Compiled: Clone + Send + Sync;

        fn load(compiled: &Self::Compiled, program: &[u8]) -> Result<Self, Error>;
        fn cost(&mut self, kind: u8, unknown: bool) -> Result<u32, Error>;
        fn put(&mut self, of: Of, key: u64, facts: &[u8]) -> Result<(), Error>;
        fn drop(&mut self, of: Of, key: u64) -> Result<(), Error>;

        /// Makes a span known of which `batch` decides.
        fn begin(&mut self, span: &[u8]) -> Result<(), Error>;
        /// Decides on records of the span from `at` on and replaces `verdicts` by theirs, 16 bytes each; returns where the records
        /// begin that are left. Without verdicts nothing is left.
        fn batch(&mut self, form: Form, span: &[u8], at: usize, verdicts: &mut Vec<u8>) -> Result<usize, Error>;
        /// Of a verdict of the last batch.
        fn noted(&mut self, what: Noted, verdict: u32) -> Result<Vec<u32>, Error>;
    }
}
