use wasmtime::{Instance, Memory, Module, Store, TypedFunc, WasmParams, WasmResults};

use crate::engine::checked;
use crate::machine::{Form, Machine, Noted, Of, sealed};
use crate::spec::{self, MODULE_DIGEST, Status};
use crate::{Engine, Error, span};

const MODULE: &[u8] = include_bytes!("../lictor-vm.wasm");
const FIRST_INPUT: usize = 1 << 16;
const FIRST_NOTES: usize = 1 << 12;
/// A bundle or a span may not be larger.
const MOST: usize = 1 << 30;

/// The core module: bytes are copied into its memory, nothing is allocated for an event.
pub struct Core {
    store: Store<()>,
    memory: Memory,
    calls: Calls,
    handle: i32,
    input: Block,
    output: Block,
    notes: Block,
}

/// Memory of the module; `at` is 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Block {
    at: u32,
    size: usize,
}

type Evaluate = TypedFunc<(i32, u32, u32, u32, u32), i32>;

struct Calls {
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    load: TypedFunc<(u32, u32), i32>,
    cost: TypedFunc<(i32, u32, i32), i32>,
    evaluate: Evaluate,
    evaluate_ring: Evaluate,
    matches: TypedFunc<(i32, u32, u32, u32), i32>,
    assumed: TypedFunc<(i32, u32, u32, u32), i32>,
    subject_put: TypedFunc<(i32, u64, u32, u32), i32>,
    subject_drop: TypedFunc<(i32, u64), i32>,
    workload_put: TypedFunc<(i32, u64, u32, u32), i32>,
    workload_drop: TypedFunc<(i32, u64), i32>,
}

impl Calls {
    fn of(instance: &Instance, store: &mut Store<()>) -> Result<Self, Error> {
        fn call<P: WasmParams, R: WasmResults>(
            instance: &Instance,
            store: &mut Store<()>,
            name: &str,
        ) -> Result<TypedFunc<P, R>, Error> {
            Ok(instance.get_typed_func(store, name)?)
        }
        Ok(Self {
            alloc: call(instance, store, "alloc")?,
            free: call(instance, store, "free")?,
            load: call(instance, store, "load")?,
            cost: call(instance, store, "cost")?,
            evaluate: call(instance, store, "evaluate")?,
            evaluate_ring: call(instance, store, "evaluate_ring")?,
            matches: call(instance, store, "matches")?,
            assumed: call(instance, store, "assumed")?,
            subject_put: call(instance, store, "subject_put")?,
            subject_drop: call(instance, store, "subject_drop")?,
            workload_put: call(instance, store, "workload_put")?,
            workload_drop: call(instance, store, "workload_drop")?,
        })
    }
}

/// What a call returned, where it is no error.
fn fine(call: &'static str, result: i32) -> Result<i32, Error> {
    match Status::of(result) {
        Some(status) => Err(Error::Status { call, status }),
        None => Ok(result),
    }
}

impl Engine {
    /// Compiles the core module that the crate carries.
    ///
    /// # Errors
    /// [`Error::Module`] where it has another digest than this crate was made for.
    pub fn new() -> Result<Self, Error> {
        let bytes = checked("lictor-vm.wasm", MODULE, MODULE_DIGEST)?;
        Ok(Self::of(Module::new(&wasmtime::Engine::default(), bytes)?))
    }
}

impl Core {
    fn allocate(&mut self, size: usize) -> Result<Block, Error> {
        let memory = Error::Status { call: "alloc", status: Status::Memory };
        if size > MOST {
            return Err(memory);
        }
        let at = self.calls.alloc.call(&mut self.store, size as u32)?;
        if at == 0 { Err(memory) } else { Ok(Block { at, size }) }
    }

    fn release(&mut self, block: Block) -> Result<(), Error> {
        Ok(self.calls.free.call(&mut self.store, block.at)?)
    }

    fn write(&mut self, block: Block, bytes: &[u8]) {
        self.memory.data_mut(&mut self.store)[block.at as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    fn written(&mut self, bytes: &[u8]) -> Result<Block, Error> {
        let block = self.allocate(bytes.len())?;
        self.write(block, bytes);
        Ok(block)
    }

    fn read(&self, block: Block, size: usize) -> &[u8] {
        &self.memory.data(&self.store)[block.at as usize..][..size]
    }

    /// Makes the input at least so large, and room for as many verdicts as it can ask for.
    fn grow(&mut self, size: usize) -> Result<(), Error> {
        if size <= self.input.size {
            return Ok(());
        }
        let (input, output) = (std::mem::take(&mut self.input), std::mem::take(&mut self.output));
        self.release(input)?;
        self.release(output)?;
        // a record of a ring may be a header and nothing else
        self.output = self.allocate((size / spec::RING_HEADER + 1) * spec::VERDICT_BYTES)?;
        self.input = self.allocate(size)?;
        Ok(())
    }
}

impl Machine for Core {}

impl sealed::Calls for Core {
    type Compiled = Module;

    fn load(module: &Module, program: &[u8]) -> Result<Self, Error> {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, module, &[])?;
        let memory = instance.get_memory(&mut store, "memory").ok_or(Error::Module("lictor-vm.wasm"))?;
        let calls = Calls::of(&instance, &mut store)?;
        let (input, output, notes) = Default::default();
        let mut core = Self { store, memory, calls, handle: 0, input, output, notes };
        let program = core.written(program)?;
        core.handle = fine("load", core.calls.load.call(&mut core.store, (program.at, program.size as u32))?)?;
        core.notes = core.allocate(FIRST_NOTES)?;
        core.grow(FIRST_INPUT)?;
        Ok(core)
    }

    fn cost(&mut self, kind: u8, unknown: bool) -> Result<u32, Error> {
        let params = (self.handle, kind.into(), unknown.into());
        Ok(fine("cost", self.calls.cost.call(&mut self.store, params)?)? as u32)
    }

    fn put(&mut self, of: Of, key: u64, facts: &[u8]) -> Result<(), Error> {
        let block = self.written(facts)?;
        let params = (self.handle, key, block.at, facts.len() as u32);
        let (name, call) = match of {
            Of::Subject => ("subject_put", &self.calls.subject_put),
            Of::Workload => ("workload_put", &self.calls.workload_put),
        };
        let result = call.call(&mut self.store, params)?;
        self.release(block)?;
        fine(name, result)?;
        Ok(())
    }

    fn drop(&mut self, of: Of, key: u64) -> Result<(), Error> {
        let (name, call) = match of {
            Of::Subject => ("subject_drop", &self.calls.subject_drop),
            Of::Workload => ("workload_drop", &self.calls.workload_drop),
        };
        fine(name, call.call(&mut self.store, (self.handle, key))?)?;
        Ok(())
    }

    fn begin(&mut self, span: &[u8]) -> Result<(), Error> {
        self.grow(span.len())?;
        self.write(self.input, span);
        Ok(())
    }

    fn batch(&mut self, form: Form, span: &[u8], at: usize, verdicts: &mut Vec<u8>) -> Result<usize, Error> {
        let (name, call) = match form {
            Form::Records => ("evaluate", &self.calls.evaluate),
            Form::Ring => ("evaluate_ring", &self.calls.evaluate_ring),
        };
        let room = (self.output.size / spec::VERDICT_BYTES) as u32;
        let params = (self.handle, self.input.at + at as u32, (span.len() - at) as u32, self.output.at, room);
        let count = fine(name, call.call(&mut self.store, params)?)? as usize;
        verdicts.clear();
        verdicts.extend_from_slice(self.read(self.output, count * spec::VERDICT_BYTES));
        Ok(match form {
            Form::Records => span::behind_records(span, at, count),
            Form::Ring => span::behind_ring(span, at, count),
        })
    }

    fn noted(&mut self, what: Noted, verdict: u32) -> Result<Vec<u32>, Error> {
        loop {
            let (name, call) = match what {
                Noted::Matches => ("matches", &self.calls.matches),
                Noted::Assumed => ("assumed", &self.calls.assumed),
            };
            let params = (self.handle, verdict, self.notes.at, (self.notes.size / 4) as u32);
            let count = fine(name, call.call(&mut self.store, params)?)? as usize;
            if 4 * count <= self.notes.size {
                let (numbers, _) = self.read(self.notes, 4 * count).as_chunks();
                return Ok(numbers.iter().map(|number| u32::from_le_bytes(*number)).collect());
            }
            let notes = std::mem::take(&mut self.notes);
            self.release(notes)?;
            self.notes = self.allocate(4 * count)?;
        }
    }
}
