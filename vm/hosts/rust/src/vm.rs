use std::sync::Arc;

use crate::core::Core;
use crate::machine::{Form, Machine, Noted, Of};
use crate::spec::{self, Kind, Status, VERDICT_BYTES, VerdictFlags};
use crate::{Bundle, Error, Verdict};

/// One instance of the module with one bundle in it. After [`Error::Runtime`] it must not be used any more.
pub struct Vm<M: Machine = Core> {
    bundle: Arc<Bundle>,
    machine: M,
    verdicts: Vec<u8>,
}

/// A verdict on one record.
pub struct Decision<'a> {
    /// Which record of the span it is about: those of a ring that were discarded do not count.
    pub index: usize,
    /// What the policies say.
    pub verdict: Verdict,
    /// Its number in the machine's batch.
    number: u32,
    noted: &'a mut dyn FnMut(Noted, u32) -> Result<Vec<u32>, Error>,
}

/// What was noted beside a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Rules with `continue` that matched, in order.
    pub actual: Vec<u32>,
    /// The same of the as-if decision.
    pub as_if: Vec<u32>,
    /// Policies that were taken to hold because the workload's metadata have not arrived.
    pub assumed: Vec<u32>,
}

impl Decision<'_> {
    /// What was noted beside the verdict: nothing where its flags do not say so. Allocates.
    ///
    /// # Errors
    /// [`Error::Status`] where there is no memory for the numbers.
    pub fn notes(&mut self) -> Result<Notes, Error> {
        let mut notes = Notes::default();
        if self.verdict.flags.contains(VerdictFlags::MATCHES) {
            for number in (self.noted)(Noted::Matches, self.number)? {
                if number & spec::NOTE_ACTUAL != 0 {
                    notes.actual.push(number & spec::NOTE_NUMBER);
                }
                if number & spec::NOTE_AS_IF != 0 {
                    notes.as_if.push(number & spec::NOTE_NUMBER);
                }
            }
        }
        if self.verdict.flags.contains(VerdictFlags::ASSUMED) {
            notes.assumed = (self.noted)(Noted::Assumed, self.number)?;
        }
        Ok(notes)
    }
}

impl<M: Machine> Vm<M> {
    pub(crate) fn new(bundle: Arc<Bundle>, machine: M) -> Self {
        Self { bundle, machine, verdicts: Vec::new() }
    }

    /// By which it decides.
    pub fn bundle(&self) -> &Arc<Bundle> {
        &self.bundle
    }

    /// Steps that an event of a kind takes at most; `unknown`: of a workload whose metadata have not arrived.
    ///
    /// # Errors
    /// [`Error::Status`] for [`Kind::Facts`], of which no event is.
    pub fn cost(&mut self, kind: Kind, unknown: bool) -> Result<u32, Error> {
        self.machine.cost(kind as u8, unknown)
    }

    /// Keeps facts of a process (a record of the kind [`Kind::Facts`]) under a key other than 0, which later records name.
    ///
    /// # Errors
    /// [`Error::Status`] for facts that are not well formed, and the key 0.
    pub fn put_subject(&mut self, key: u64, facts: &[u8]) -> Result<(), Error> {
        self.machine.put(Of::Subject, key, facts)
    }

    /// Forgets them. Where there are none it is no error.
    ///
    /// # Errors
    /// [`Error::Runtime`] alone.
    pub fn drop_subject(&mut self, key: u64) -> Result<(), Error> {
        self.forget(Of::Subject, key)
    }

    /// [`put_subject`](Self::put_subject) of a workload.
    ///
    /// # Errors
    /// The same.
    pub fn put_workload(&mut self, key: u64, facts: &[u8]) -> Result<(), Error> {
        self.machine.put(Of::Workload, key, facts)
    }

    /// [`drop_subject`](Self::drop_subject) of a workload.
    ///
    /// # Errors
    /// The same.
    pub fn drop_workload(&mut self, key: u64) -> Result<(), Error> {
        self.forget(Of::Workload, key)
    }

    fn forget(&mut self, of: Of, key: u64) -> Result<(), Error> {
        match self.machine.drop(of, key) {
            Err(Error::Status { status: Status::Key, .. }) => Ok(()),
            result => result,
        }
    }

    /// Decides on records that stand one behind the other, and hands over the decision on each, in order. An error of `each`
    /// ends it.
    ///
    /// # Errors
    /// What `each` returned, or [`Error::Status`] for a span of more than 1 GiB.
    pub fn evaluate<F>(&mut self, records: &[u8], each: F) -> Result<(), Error>
    where
        F: FnMut(&mut Decision<'_>) -> Result<(), Error>,
    {
        self.decide(Form::Records, records, each)
    }

    /// The same of a span that was copied from a BPF ring buffer, headers included. Discarded records have no verdict, one that
    /// is still being written ends the span.
    ///
    /// # Errors
    /// The same.
    pub fn evaluate_ring<F>(&mut self, span: &[u8], each: F) -> Result<(), Error>
    where
        F: FnMut(&mut Decision<'_>) -> Result<(), Error>,
    {
        self.decide(Form::Ring, span, each)
    }

    fn decide<F>(&mut self, form: Form, span: &[u8], mut each: F) -> Result<(), Error>
    where
        F: FnMut(&mut Decision<'_>) -> Result<(), Error>,
    {
        self.machine.begin(span)?;
        let (mut at, mut index) = (0, 0);
        while at < span.len() {
            at = self.machine.batch(form, span, at, &mut self.verdicts)?;
            let (verdicts, _) = self.verdicts.as_chunks::<VERDICT_BYTES>();
            if verdicts.is_empty() {
                break;
            }
            let machine = &mut self.machine;
            let mut noted = |what, number| machine.noted(what, number);
            for (number, bytes) in (0..).zip(verdicts) {
                each(&mut Decision { index, verdict: Verdict::from_bytes(bytes), number, noted: &mut noted })?;
                index += 1;
            }
        }
        Ok(())
    }
}
