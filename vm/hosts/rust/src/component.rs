use wasmtime::Store;
use wasmtime::component::{self, ComponentNamedList, ComponentType, Func, Instance, Lift, Linker, Lower};

use crate::engine::checked;
use crate::machine::{Form, Machine, Noted, Of, sealed};
use crate::spec::{COMPONENT_DIGEST, Status};
use crate::{Engine, Error};

const COMPONENT: &[u8] = include_bytes!("../lictor-policy.wasm");
const INTERFACE: &str = "lictor:policy/engine@0.1.0";

/// The component: lists go in and come out of typed calls.
pub struct Component {
    store: Store<()>,
    calls: Calls,
    program: u32,
}

/// Functions without their types, which would name how long the lists live that they take.
struct Calls {
    load: Func,
    cost: Func,
    evaluate: Func,
    evaluate_ring: Func,
    matches: Func,
    assumed: Func,
    subject_put: Func,
    subject_drop: Func,
    workload_put: Func,
    workload_drop: Func,
}

/// `batch` of the interface.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Batch {
    verdicts: Vec<u8>,
    consumed: u32,
}

impl Calls {
    fn of(instance: &Instance, store: &mut Store<()>) -> Result<Self, Error> {
        let missing = || Error::Module("lictor-policy.wasm");
        let interface = instance.get_export_index(&mut *store, None, INTERFACE).ok_or_else(missing)?;
        let mut call = |name: &str| {
            let index = instance.get_export_index(&mut *store, Some(&interface), name).ok_or_else(missing)?;
            instance.get_func(&mut *store, index).ok_or_else(missing)
        };
        Ok(Self {
            load: call("load")?,
            cost: call("cost")?,
            evaluate: call("evaluate")?,
            evaluate_ring: call("evaluate-ring")?,
            matches: call("matches")?,
            assumed: call("assumed")?,
            subject_put: call("subject-put")?,
            subject_drop: call("subject-drop")?,
            workload_put: call("workload-put")?,
            workload_drop: call("workload-drop")?,
        })
    }
}

fn call<P, R>(store: &mut Store<()>, name: &'static str, func: Func, params: P) -> Result<R, Error>
where
    P: ComponentNamedList + Lower,
    (Result<R, Status>,): ComponentNamedList + Lift,
{
    let (result,) = func.typed::<P, (Result<R, Status>,)>(&*store)?.call(store, params)?;
    result.map_err(|status| Error::Status { call: name, status })
}

impl Engine<Component> {
    /// Compiles the component that the crate carries.
    ///
    /// # Errors
    /// [`Error::Module`] where it has another digest than this crate was made for.
    pub fn with_component() -> Result<Self, Error> {
        let bytes = checked("lictor-policy.wasm", COMPONENT, COMPONENT_DIGEST)?;
        Ok(Self::of(component::Component::new(&wasmtime::Engine::default(), bytes)?))
    }
}

impl Machine for Component {}

impl sealed::Calls for Component {
    type Compiled = component::Component;

    fn load(component: &component::Component, program: &[u8]) -> Result<Self, Error> {
        let mut store = Store::new(component.engine(), ());
        let instance = Linker::new(component.engine()).instantiate(&mut store, component)?;
        let calls = Calls::of(&instance, &mut store)?;
        let program = call(&mut store, "load", calls.load, (program,))?;
        Ok(Self { store, calls, program })
    }

    fn cost(&mut self, kind: u8, unknown: bool) -> Result<u32, Error> {
        call(&mut self.store, "cost", self.calls.cost, (self.program, kind, unknown))
    }

    fn put(&mut self, of: Of, key: u64, facts: &[u8]) -> Result<(), Error> {
        let (name, func) = match of {
            Of::Subject => ("subject-put", self.calls.subject_put),
            Of::Workload => ("workload-put", self.calls.workload_put),
        };
        call(&mut self.store, name, func, (self.program, key, facts))
    }

    fn drop(&mut self, of: Of, key: u64) -> Result<(), Error> {
        let (name, func) = match of {
            Of::Subject => ("subject-drop", self.calls.subject_drop),
            Of::Workload => ("workload-drop", self.calls.workload_drop),
        };
        call(&mut self.store, name, func, (self.program, key))
    }

    fn begin(&mut self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn batch(&mut self, form: Form, span: &[u8], at: usize, verdicts: &mut Vec<u8>) -> Result<usize, Error> {
        let (name, func) = match form {
            Form::Records => ("evaluate", self.calls.evaluate),
            Form::Ring => ("evaluate-ring", self.calls.evaluate_ring),
        };
        let batch: Batch = call(&mut self.store, name, func, (self.program, &span[at..]))?;
        *verdicts = batch.verdicts;
        Ok(at + batch.consumed as usize)
    }

    fn noted(&mut self, what: Noted, verdict: u32) -> Result<Vec<u32>, Error> {
        let (name, func) = match what {
            Noted::Matches => ("matches", self.calls.matches),
            Noted::Assumed => ("assumed", self.calls.assumed),
        };
        call(&mut self.store, name, func, (self.program, verdict))
    }
}
