use crate::spec::Status;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is no bundle, or it is damaged.
    #[error("not a sound bundle: {0}")]
    Bundle(String),
    /// Nothing of such an event may be decided (fail closed): a text is too long, a field stands twice or has a value of another
    /// type, or there are too many of them.
    #[error("the event does not fit a record")]
    Record,
    /// A call of the module ended with a status that is an error.
    #[error("{call}: {status}")]
    Status {
        /// The export that was called.
        call: &'static str,
        /// What it said.
        status: Status,
    },
    /// The file beside this crate has another digest than its source says.
    #[error("`{0}` is not the module that this crate was made for")]
    Module(&'static str),
    /// The module could not be compiled or instantiated, or it trapped: its [`Vm`](crate::Vm) must not be used any more.
    #[error("wasmtime: {0}")]
    Runtime(Box<dyn std::error::Error + Send + Sync>),
}

impl From<wasmtime::Error> for Error {
    fn from(error: wasmtime::Error) -> Self {
        Self::Runtime(error.into())
    }
}
