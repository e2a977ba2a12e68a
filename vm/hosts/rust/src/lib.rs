//! Decides on events by compiled Lictor policies: the core module, `lictor-vm.wasm`, on wasmtime.
//!
//! An [`Engine`] is the compiled module; it is shared by all threads. A [`Vm`] is one instance with one [`Bundle`] in it, for
//! one thread at a time. A [`Pool`] has several, exchanges bundles under load, and is what most programs want.
//!
//! ```no_run
//! use lictor_vm::{Bundle, Engine, Field, Kind, Pool, Record};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bundle = Bundle::read(&std::fs::read("policies.bundle")?)?;
//! let pool = Pool::new(Engine::new()?, bundle, 2)?;
//!
//! let mut records = Vec::new();
//! Record::new(Kind::FileRead).string(Field::FilePath, "/etc/shadow").append(&mut records)?;
//!
//! let mut vm = pool.take();
//! let bundle = vm.bundle().clone();
//! vm.evaluate(&records, |decision| {
//!     println!("{} {:?}", decision.verdict.action, decision.verdict.rule.and_then(|rule| bundle.rule_name(rule)));
//!     Ok(())
//! })?;
//! # Ok(())
//! # }
//! ```

mod bundle;
#[cfg(feature = "component")]
mod component;
mod core;
mod engine;
mod error;
mod machine;
mod pool;
mod record;
mod span;
#[rustfmt::skip]
mod spec;
mod verdict;
mod vm;

pub use bundle::{Bundle, Manifest, Policy, Rule};
#[cfg(feature = "component")]
pub use component::Component;
pub use core::Core;
pub use engine::Engine;
pub use error::Error;
pub use machine::Machine;
pub use pool::{Pool, Taken};
pub use record::Record;
#[cfg(feature = "component")]
pub use spec::COMPONENT_DIGEST;
pub use spec::{Action, Field, Kind, MODULE_DIGEST, Status, ValueType, VerdictFlags};
pub use verdict::Verdict;
pub use vm::{Decision, Notes, Vm};
