//! The conformance vectors.

use std::fs;

use lictor_vm::{Bundle, Engine, Error, Machine, Notes, Verdict, VerdictFlags, Vm};

use crate::steps::Steps;
use crate::{COMPONENT, CORE, bundle, vector};

fn status(result: Result<(), Error>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(Error::Status { status, .. }) => status.code(),
        Err(error) => panic!("{error}"),
    }
}

fn expected(step: &mut Steps<'_>) -> (Verdict, Notes) {
    let verdict = Verdict::from_bytes(step.take(16).try_into().unwrap());
    let has_lists = verdict.flags.intersects(VerdictFlags::MATCHES | VerdictFlags::ASSUMED);
    let mut list = || if has_lists { step.list() } else { Vec::new() };
    (verdict, Notes { actual: list(), as_if: list(), assumed: list() })
}

/// Holds all verdicts of a step against those that are expected, and says how many there were.
fn evaluate<M: Machine>(vm: &mut Vm<M>, is_ring: bool, mut step: Steps<'_>) -> usize {
    let (size, count) = (step.word() as usize, step.word() as usize);
    let records = step.take(size);
    let mut said = Vec::new();
    let each = |decision: &mut lictor_vm::Decision<'_>| {
        assert_eq!(decision.index, said.len());
        let mut notes = decision.notes()?;
        notes.assumed.sort_unstable();
        said.push((decision.verdict, notes));
        Ok(())
    };
    if is_ring { vm.evaluate_ring(records, each) } else { vm.evaluate(records, each) }.unwrap();
    assert_eq!(said.len(), count);
    for (i, said) in said.iter().enumerate() {
        assert_eq!(*said, expected(&mut step), "verdict {i}");
    }
    count
}

fn run<M: Machine>(vm: &mut Vm<M>, file: &[u8]) -> usize {
    let mut steps = Steps(file);
    assert_eq!(steps.take(8), b"LICTORV1");
    let mut verdicts = 0;
    while let Some((code, mut step)) = steps.step() {
        match code {
            1 | 2 => {
                let (key, wanted) = (step.key(), step.word() as i32);
                let result = if code == 1 { vm.put_workload(key, step.0) } else { vm.put_subject(key, step.0) };
                assert_eq!(status(result), wanted);
            }
            3 => vm.drop_workload(step.key()).unwrap(),
            4 => vm.drop_subject(step.key()).unwrap(),
            5 | 6 => verdicts += evaluate(vm, code == 6, step),
            7 => {
                let (rule, policy) = (step.word(), step.word());
                assert_eq!(vm.bundle().rule_name(rule).unwrap().as_bytes(), step.0);
                assert_eq!(vm.bundle().manifest.rules[rule as usize].policy, policy);
            }
            _ => panic!("no step has the code {code}"),
        }
    }
    verdicts
}

fn run_all<M: Machine>(machine: &str, engine: &Engine<M>) {
    let mut names: Vec<_> = fs::read_dir(vector("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "steps"));
    names.sort();
    let mut verdicts = 0;
    for path in &names {
        let name = path.file_stem().unwrap().to_str().unwrap();
        println!("{name}");
        verdicts += run(&mut engine.load(bundle(name)).unwrap(), &fs::read(path).unwrap());
    }
    assert!(!names.is_empty() && verdicts > 0);
    println!("{machine}: {} bundles, {verdicts} verdicts", names.len());
}

fn refuse_all<M: Machine>(machine: &str, engine: &Engine<M>) {
    let table = fs::read_to_string(vector("refused.tsv")).unwrap();
    for line in table.lines() {
        let [name, by, why] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let read = Bundle::read(&fs::read(vector(&format!("refused/{name}.lictor"))).unwrap());
        if by == "container" {
            assert!(matches!(read, Err(Error::Bundle(_))), "{name}: {why}");
        } else {
            assert_eq!(status(engine.load(read.unwrap()).map(drop)).to_string(), by, "{name}: {why}");
        }
    }
    assert!(table.lines().count() > 0);
    println!("{machine}: {} files refused", table.lines().count());
}

#[test]
fn core_decides_as_the_reference_does() {
    run_all("core", &CORE);
}

#[test]
fn component_decides_as_the_reference_does() {
    run_all("component", &COMPONENT);
}

#[test]
fn core_refuses() {
    refuse_all("core", &CORE);
}

#[test]
fn component_refuses() {
    refuse_all("component", &COMPONENT);
}
