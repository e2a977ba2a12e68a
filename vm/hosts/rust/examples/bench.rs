//! Measures evaluation by the public interface, for `bench/hosts`.
//!
//! Usage: `cargo run --release --example bench -- [--component] BUNDLE EVENTS BATCH…`. EVENTS is a file of records one behind
//! the other. For each BATCH (records in a span) one line: `BATCH NS_PER_EVENT CHECKSUM`, the fastest of several rounds over all
//! events, and the sum of all rules and actions.

use std::error::Error;
use std::time::{Duration, Instant};

use lictor_vm::{Bundle, Engine, Machine, Vm};

const WARM_UP: usize = 2;
const ROUNDS: usize = 5;
const AT_LEAST: Duration = Duration::from_secs(1);

/// Spans of so many records.
fn spans(events: &[u8], batch: usize) -> Vec<&[u8]> {
    let (mut spans, mut start, mut at) = (Vec::new(), 0, 0);
    while at < events.len() {
        for _ in 0..batch.min(events.len() - at) {
            let Some(size) = events.get(at..at + 4) else { break };
            at += u32::from_le_bytes(size.try_into().expect("4 bytes")) as usize;
        }
        spans.push(&events[start..at]);
        start = at;
    }
    spans
}

/// How many verdicts there were, and their checksum.
fn round<M: Machine>(vm: &mut Vm<M>, spans: &[&[u8]]) -> Result<(usize, u64), lictor_vm::Error> {
    let (mut count, mut sum) = (0, 0);
    for span in spans {
        vm.evaluate(span, |decision| {
            let verdict = decision.verdict;
            count += 1;
            sum += verdict.rule.map_or(0, |rule| u64::from(rule) + 1) + verdict.action as u64;
            Ok(())
        })?;
    }
    Ok((count, sum))
}

fn measure<M: Machine>(engine: Engine<M>, args: &[String]) -> Result<(), Box<dyn Error>> {
    let [bundle, events, batches @ ..] = args else {
        return Err("usage: bench [--component] BUNDLE EVENTS BATCH…".into());
    };
    let mut vm = engine.load(Bundle::read(&std::fs::read(bundle)?)?)?;
    let events = std::fs::read(events)?;
    for batch in batches {
        let spans = spans(&events, batch.parse()?);
        let (mut count, mut sum) = (0, 0);
        for _ in 0..WARM_UP {
            (count, sum) = round(&mut vm, &spans)?;
        }
        let (started, mut rounds, mut fastest) = (Instant::now(), 0, Duration::MAX);
        while rounds < ROUNDS || started.elapsed() < AT_LEAST {
            let began = Instant::now();
            let said = round(&mut vm, &spans)?;
            fastest = fastest.min(began.elapsed());
            rounds += 1;
            if said != (count, sum) {
                return Err("a round decided otherwise than the one before".into());
            }
        }
        println!("{batch} {:.1} {sum}", fastest.as_nanos() as f64 / count as f64);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<_> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "--component") {
        args.remove(0);
        #[cfg(feature = "component")]
        return measure(Engine::with_component()?, &args);
        #[cfg(not(feature = "component"))]
        return Err("built without the feature `component`".into());
    }
    measure(Engine::new()?, &args)
}
