use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::core::Core;
use crate::machine::Machine;
use crate::{Bundle, Engine, Error, Vm};

/// Machines with the same bundle, for as many threads as there are machines; others wait.
pub struct Pool<M: Machine = Core> {
    engine: Engine<M>,
    size: usize,
    state: Mutex<State<M>>,
    changed: Condvar,
    /// One at a time exchanges, or has all machines.
    change: Mutex<()>,
}

struct State<M: Machine> {
    idle: Vec<Vm<M>>,
    /// Counts the bundles; a machine that comes back with another number is of an old one.
    generation: u64,
    /// Machines of the old bundle that are taken still.
    old: usize,
    /// Somebody waits for all machines: nobody takes one until he has had them.
    is_wanted: bool,
}

/// A machine that is the thread's own until this is dropped.
pub struct Taken<'a, M: Machine = Core> {
    pool: &'a Pool<M>,
    generation: u64,
    /// Always there until it goes back.
    vm: Option<Vm<M>>,
}

/// What a panicking thread leaves is whole: every change of a state is one assignment or one push.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<M: Machine> Pool<M> {
    /// Loads a bundle into `size` machines, at least one.
    ///
    /// # Errors
    /// Those of [`Engine::load`].
    pub fn new(engine: Engine<M>, bundle: impl Into<Arc<Bundle>>, size: usize) -> Result<Self, Error> {
        let size = size.max(1);
        let idle = load(&engine, &bundle.into(), size, |_| Ok(()))?;
        let state = Mutex::new(State { idle, generation: 0, old: 0, is_wanted: false });
        Ok(Self { engine, size, state, changed: Condvar::new(), change: Mutex::new(()) })
    }

    /// Takes a machine; waits where all are taken. A thread that has one and asks for another can wait for ever.
    pub fn take(&self) -> Taken<'_, M> {
        let mut state = lock(&self.state);
        loop {
            if !state.is_wanted
                && let Some(vm) = state.idle.pop()
            {
                return Taken { pool: self, generation: state.generation, vm: Some(vm) };
            }
            state = self.wait(state);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<M>>) -> MutexGuard<'a, State<M>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `each` with every machine while nobody else has one: to put facts, which all of them have to know.
    ///
    /// # Errors
    /// What `each` returned; the machines behind are left out then.
    pub fn each<F>(&self, each: F) -> Result<(), Error>
    where
        F: FnMut(&mut Vm<M>) -> Result<(), Error>,
    {
        let _change = lock(&self.change);
        let mut state = lock(&self.state);
        state.is_wanted = true;
        while state.idle.len() < self.size {
            state = self.wait(state);
        }
        // the lock keeps them from now on
        state.is_wanted = false;
        self.changed.notify_all();
        state.idle.iter_mut().try_for_each(each)
    }

    /// Loads another bundle, lets `prepare` put the facts into each of its machines, and then decides by it: what was taken
    /// before is decided by the old one, what is taken afterwards by the new one. Returns when nobody decides by the old one any
    /// more; whoever has a machine himself waits for ever.
    ///
    /// # Errors
    /// Those of [`Engine::load`] and of `prepare`: the old bundle stays then.
    pub fn exchange<F>(&self, bundle: impl Into<Arc<Bundle>>, prepare: F) -> Result<(), Error>
    where
        F: FnMut(&mut Vm<M>) -> Result<(), Error>,
    {
        let _change = lock(&self.change);
        let idle = load(&self.engine, &bundle.into(), self.size, prepare)?;
        let mut state = lock(&self.state);
        let gone = std::mem::replace(&mut state.idle, idle);
        state.generation += 1;
        state.old = self.size - gone.len();
        self.changed.notify_all();
        while state.old > 0 {
            state = self.wait(state);
        }
        drop(state);
        drop(gone);
        Ok(())
    }
}

fn load<M, F>(engine: &Engine<M>, bundle: &Arc<Bundle>, size: usize, mut prepare: F) -> Result<Vec<Vm<M>>, Error>
where
    M: Machine,
    F: FnMut(&mut Vm<M>) -> Result<(), Error>,
{
    (0..size)
        .map(|_| {
            let mut vm = engine.load(bundle.clone())?;
            prepare(&mut vm)?;
            Ok(vm)
        })
        .collect()
}

impl<M: Machine> Deref for Taken<'_, M> {
    type Target = Vm<M>;

    fn deref(&self) -> &Vm<M> {
        self.vm.as_ref().expect("it has not gone back")
    }
}

impl<M: Machine> DerefMut for Taken<'_, M> {
    fn deref_mut(&mut self) -> &mut Vm<M> {
        self.vm.as_mut().expect("it has not gone back")
    }
}

impl<M: Machine> Drop for Taken<'_, M> {
    fn drop(&mut self) {
        let mut state = lock(&self.pool.state);
        if self.generation == state.generation {
            state.idle.extend(self.vm.take());
        } else {
            drop(state);
            self.vm = None;
            lock(&self.pool.state).old -= 1;
        }
        self.pool.changed.notify_all();
    }
}
