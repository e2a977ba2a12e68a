//! Pools: what counts is that every span is decided by one bundle, whole, and that nobody is left waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use lictor_vm::{Bundle, Engine, Error, Field, Kind, Machine, Pool, Record};

use crate::{COMPONENT, CORE, bundle};

const SIZE: usize = 3;

fn is_exchanged_under_load<M: Machine>(engine: Engine<M>) {
    let bundles = [Arc::new(bundle("diagrams-0")), Arc::new(bundle("random-0"))];
    let pool = Pool::new(engine, bundles[0].clone(), SIZE).unwrap();
    let mut records = Vec::new();
    Record::new(Kind::FileRead).string(Field::FilePath, "/etc/shadow").append(&mut records).unwrap();
    let (stop, seen) = (AtomicBool::new(false), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    thread::scope(|scope| {
        for _ in 0..2 * SIZE {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let mut vm = pool.take();
                    let bundle = bundles.iter().position(|bundle| Arc::ptr_eq(bundle, vm.bundle())).unwrap();
                    seen[bundle].fetch_add(1, Ordering::Relaxed);
                    vm.evaluate(&records, |_| Ok(())).unwrap();
                }
            });
        }
        for i in 1..=20 {
            let (next, mut prepared) = (&bundles[i % 2], 0);
            let prepare = |_: &mut _| {
                prepared += 1;
                Ok(())
            };
            pool.exchange(next.clone(), prepare).unwrap();
            assert_eq!(prepared, SIZE);
            // nobody has a machine of the old bundle any more: its count is that of this test and of the pool
            assert_eq!(Arc::strong_count(&bundles[(i + 1) % 2]), 1);
            let mut had = 0;
            pool.each(|vm| {
                assert!(Arc::ptr_eq(vm.bundle(), next));
                had += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(had, SIZE);
            let before = seen[i % 2].load(Ordering::Relaxed);
            while seen[i % 2].load(Ordering::Relaxed) == before {
                thread::yield_now();
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn core_is_exchanged_under_load() {
    is_exchanged_under_load(CORE.clone());
}

#[test]
fn component_is_exchanged_under_load() {
    is_exchanged_under_load(COMPONENT.clone());
}

#[test]
fn the_old_bundle_stays_where_the_new_one_fails() {
    let old = Arc::new(bundle("random-0"));
    let pool = Pool::new(CORE.clone(), old.clone(), 2).unwrap();
    let broken = Bundle { program: b"no program at all".to_vec(), ..Bundle::clone(&old) };
    assert!(matches!(pool.exchange(broken, |_| Ok(())), Err(Error::Status { call: "load", .. })));
    assert!(matches!(pool.exchange(bundle("random-2"), |_| Err(Error::Record)), Err(Error::Record)));
    let (one, other) = (pool.take(), pool.take());
    assert!(Arc::ptr_eq(one.bundle(), &old) && Arc::ptr_eq(other.bundle(), &old));
}

#[test]
fn a_machine_comes_back_from_a_thread_that_panics() {
    let pool = Pool::new(CORE.clone(), bundle("random-0"), 1).unwrap();
    let panicked = thread::scope(|scope| {
        scope
            .spawn(|| {
                let _vm = pool.take();
                panic!("as tested");
            })
            .join()
    });
    assert!(panicked.is_err());
    assert!(pool.take().cost(Kind::Exec, false).is_ok());
    assert!(pool.each(|_| Err(Error::Record)).is_err());
    pool.exchange(bundle("random-2"), |_| Ok(())).unwrap();
}
