use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::core::Core;
use crate::machine::Machine;
use crate::{Bundle, Error, Vm};

/// The module, compiled: once in a process, for all threads. Clones share it.
pub struct Engine<M: Machine = Core> {
    compiled: M::Compiled,
}

impl<M: Machine> Clone for Engine<M> {
    fn clone(&self) -> Self {
        Self { compiled: self.compiled.clone() }
    }
}

impl<M: Machine> Engine<M> {
    pub(crate) fn of(compiled: M::Compiled) -> Self {
        Self { compiled }
    }

    /// Makes a machine with a bundle. Its program is verified: one that could leave its memory or its bound is refused.
    ///
    /// # Errors
    /// [`Error::Status`] where the program is refused, [`Error::Runtime`] where there is no memory for an instance.
    pub fn load(&self, bundle: impl Into<Arc<Bundle>>) -> Result<Vm<M>, Error> {
        let bundle = bundle.into();
        let machine = M::load(&self.compiled, &bundle.program)?;
        Ok(Vm::new(bundle, machine))
    }
}

/// Holds a file that the crate carries against the digest in its source.
pub(crate) fn checked(name: &'static str, bytes: &'static [u8], digest: &str) -> Result<&'static [u8], Error> {
    let said = Sha256::digest(bytes);
    let is_it =
        said.iter().map(|byte| format!("{byte:02x}")).eq(digest.as_bytes().chunks(2).map(String::from_utf8_lossy));
    if is_it { Ok(bytes) } else { Err(Error::Module(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_with_another_digest_is_refused() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(checked("m", b"", empty).is_ok());
        assert!(matches!(checked("m", b"x", empty), Err(Error::Module("m"))));
        assert!(matches!(checked("m", b"", &empty[..62]), Err(Error::Module("m"))));
    }
}
