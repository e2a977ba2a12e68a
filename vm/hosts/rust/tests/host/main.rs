//! The host as its users have it, on the core module and on the component.

mod pool;
mod record;
mod steps;
mod vectors;

use std::path::PathBuf;
use std::sync::LazyLock;

use lictor_vm::{Bundle, Component, Engine};

static CORE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());
static COMPONENT: LazyLock<Engine<Component>> = LazyLock::new(|| Engine::with_component().unwrap());

/// A file of the conformance vectors (vm/vectors/README.md).
fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/v1").join(name)
}

fn bundle(name: &str) -> Bundle {
    Bundle::read(&std::fs::read(vector(&format!("{name}.lictor"))).unwrap()).unwrap()
}
