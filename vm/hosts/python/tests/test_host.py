"""Records, facts, and exchanging bundles while others decide."""

import threading
import time
import unittest
from pathlib import Path

import wasmtime

from lictor import Action, Bundle, Engine, Field, Kind, Pool, Record, RecordError, StatusError, VM, VerdictFlags
from lictor.call import Call

VECTORS = Path(__file__).parents[3] / "vectors" / "v1"
ENGINE = Engine()


def bundle(name: str) -> Bundle:
    return Bundle.read((VECTORS / f"{name}.lictor").read_bytes())


class Records(unittest.TestCase):
    def test_the_module_believes_what_is_written(self) -> None:
        exec_event = (
            Record(Kind.EXEC, time=1, subject=7, workload=1 << 63)
            .text(Field.PROC_PATH, "/bin/sh")
            .list(Field.PROC_ARGS, ["sh", "-c", b"\xff"])
            .number(Field.PROC_UID, -1)
            .boolean(Field.PROC_INTERACTIVE, True)
        )
        connect = Record(Kind.NET_CONNECT).address(Field.NET_REMOTE_IP, "10.0.0.1").number(Field.NET_REMOTE_PORT, 443)
        vm = VM(ENGINE, bundle("random-0"))
        verdicts = list(vm.evaluate(exec_event.encode() + connect.encode()))
        self.assertEqual(len(verdicts), 2)
        for verdict in verdicts:
            self.assertNotIn(VerdictFlags.MALFORMED, verdict.flags)

    def test_what_does_not_fit_is_not_written(self) -> None:
        with self.assertRaises(RecordError):
            Record(Kind.FILE_READ).text(Field.FILE_PATH, "x" * 5000)
        with self.assertRaises(RecordError):
            Record(Kind.EXEC).number(Field.PROC_UID, 1).number(Field.PROC_UID, 2)
        with self.assertRaises(RecordError):
            Record(Kind.EXEC).number(Field.PROC_UID, 1 << 64)

    def test_keys_have_64_bits(self) -> None:
        vm = VM(ENGINE, bundle("random-0"))
        facts = Record(Kind.FACTS).text(Field.PROC_PATH, "/bin/sh").encode()
        vm.put_subject((1 << 64) - 1, facts)
        vm.drop_subject((1 << 64) - 1)
        vm.drop_subject(12345)
        with self.assertRaises(StatusError):
            vm.put_subject(0, facts)


class Calls(unittest.TestCase):
    def test_a_trap_is_an_exception(self) -> None:
        text = '(module (func (export "f") (param i64) (result i32) (if (i64.eqz (local.get 0)) (then unreachable)) (i32.const -5)))'
        store = wasmtime.Store()
        instance = wasmtime.Instance(store, wasmtime.Module(store.engine, wasmtime.wat2wasm(text)), [])
        export = instance.exports(store)["f"]
        assert isinstance(export, wasmtime.Func)
        call = Call(store, export)
        self.assertEqual(call((1 << 64) - 1), -5)
        with self.assertRaises(wasmtime.Trap):
            call(0)


class Pools(unittest.TestCase):
    def test_bundles_are_exchanged_under_load(self) -> None:
        both = [bundle("kill-shadow"), bundle("allow-shadow")]
        actions = {both[0].digest: Action.KILL, both[1].digest: Action.ALLOW}
        pool = Pool(ENGINE, both[0], 2)
        event = Record(Kind.FILE_READ).text(Field.FILE_PATH, "/etc/shadow").encode()
        seen: set[str] = set()
        stop = threading.Event()
        failures: list[BaseException] = []

        def work() -> None:
            try:
                while not stop.is_set():
                    with pool.use() as vm:
                        [verdict] = vm.evaluate(event)
                        if verdict.action != actions[vm.bundle.digest]:
                            raise AssertionError(f"{verdict.action.name} is not of the VM's bundle")
                        seen.add(vm.bundle.digest)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(10):
            new = both[(i + 1) % 2]
            prepared: list[VM] = []
            seen.clear()
            pool.exchange(new, prepared.append)
            self.assertEqual(len(prepared), 2)
            pool.each(lambda vm: self.assertIs(vm.bundle, new))
            # the threads decide in their own time
            while new.digest not in seen and not failures:
                time.sleep(0.001)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_the_old_bundle_stays_where_the_new_one_fails(self) -> None:
        old = bundle("random-0")
        pool = Pool(ENGINE, old)
        name = next(line for line in (VECTORS / "refused.tsv").read_text().splitlines() if "\t-" in line).split("\t")[0]
        with self.assertRaises(StatusError):
            pool.exchange(Bundle.read((VECTORS / "refused" / f"{name}.lictor").read_bytes()))
        with pool.use() as vm:
            self.assertIs(vm.bundle, old)
