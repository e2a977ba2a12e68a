//! What the writer makes, the module believes; what does not fit, is not written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use lictor_vm::{Action, Error, Field, Kind, Record, Status, VerdictFlags};

use crate::{CORE, bundle};

#[test]
fn records_are_well_formed() {
    let mut vm = CORE.load(bundle("random-0")).unwrap();
    let mut records = Vec::new();
    let mut record = Record::new(Kind::Exec);
    let caps = Field::ProcCaps.flag("net_admin").unwrap() | Field::ProcCaps.flag("chown").unwrap();
    record.time(1).subject(7).workload(9).string(Field::ProcPath, b"/bin/\xff").uint(Field::ProcCaps, caps);
    record.list(Field::ProcArgs, &["sh", "-c", "true"]).int(Field::ProcUid, -1).bool(Field::ProcInteractive, true);
    record.append(&mut records).unwrap();
    record.reset(Kind::NetConnect).addr(Field::NetRemoteIp, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    record.addr(Field::NetLocalIp, IpAddr::V6(Ipv6Addr::LOCALHOST)).int(Field::NetRemotePort, 443);
    record.append(&mut records).unwrap();
    let mut flags = Vec::new();
    let each = |decision: &mut lictor_vm::Decision<'_>| {
        flags.push(decision.verdict.flags);
        Ok(())
    };
    vm.evaluate(&records, each).unwrap();
    assert_eq!(flags.len(), 2);
    assert!(flags.iter().all(|flags| !flags.contains(VerdictFlags::MALFORMED)), "{flags:?}");
}

#[test]
fn what_does_not_fit_is_not_written() {
    type Write = fn(&mut Record) -> &mut Record;
    let unsound: [(&str, Write); 5] = [
        ("a text that is too long", |record| record.string(Field::FilePath, [b'a'; 5000])),
        ("a list that is too long", |record| record.list(Field::ProcArgs, &["a"; 50_000])),
        ("a field that stands twice", |record| record.int(Field::ProcUid, 1).int(Field::ProcUid, 1)),
        ("a value of another type", |record| record.int(Field::FilePath, 1)),
        ("a number for a truth value", |record| record.int(Field::ProcInteractive, 1)),
    ];
    for (what, write) in unsound {
        let mut record = Record::new(Kind::FileRead);
        write(&mut record);
        let mut records = b"before".to_vec();
        assert!(matches!(record.append(&mut records), Err(Error::Record)), "{what}");
        assert_eq!(records, b"before");
        record.reset(Kind::FileRead).append(&mut records).unwrap();
    }
}

#[test]
fn what_is_not_a_record_is_denied() {
    let mut vm = CORE.load(bundle("random-0")).unwrap();
    let mut said = Vec::new();
    let each = |decision: &mut lictor_vm::Decision<'_>| {
        said.push((decision.verdict.action, decision.verdict.flags, decision.notes()?));
        Ok(())
    };
    vm.evaluate(&[7; 100], each).unwrap();
    assert_eq!(said, [(Action::Deny, VerdictFlags::MALFORMED, lictor_vm::Notes::default())]);
    vm.evaluate(&[], |_| panic!("there is nothing to decide")).unwrap();
    let stopped = vm.evaluate(&[7; 100], |_| Err(Error::Record));
    assert!(matches!(stopped, Err(Error::Record)));
}

#[test]
fn calls_that_are_refused_say_why() {
    let mut vm = CORE.load(bundle("random-0")).unwrap();
    let refused = |result: Result<(), Error>| match result {
        Err(Error::Status { status, .. }) => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(vm.cost(Kind::Facts, false).map(drop)), Status::Key);
    assert_eq!(refused(vm.put_subject(0, &[0; 48])), Status::Key);
    assert_eq!(refused(vm.put_subject(1, &[0; 48])), Status::Record);
    assert_eq!(Status::Key.to_string(), "no such subject, workload or verdict");
    assert!(vm.cost(Kind::Exec, true).unwrap() >= vm.cost(Kind::Exec, false).unwrap());
}

#[test]
fn names_lead_to_what_they_name() {
    assert_eq!(Kind::from_name("file.map_exec"), Some(Kind::FileMapExec));
    assert_eq!(Field::from_name("proc.path").map(Field::name), Some("proc.path"));
    assert_eq!((Kind::from_name("file"), Field::from_name("kind"), Field::ProcCaps.flag("none")), (None, None, None));
    assert_eq!(format!("{:>6}", Action::Deny), "  deny");
}
