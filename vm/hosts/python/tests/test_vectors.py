"""The conformance vectors (vm/vectors/README.md)."""

import struct
import unittest
from pathlib import Path

from lictor import VM, Bundle, BundleError, Engine, StatusError, Verdict, VerdictFlags

VECTORS = Path(__file__).parents[3] / "vectors" / "v1"
VERDICT = struct.Struct("<BBBBIIHH")
ENGINE = Engine()


class Steps:
    """Numbers and bytes of a file of steps, in turn."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        self.at += size
        assert self.at <= len(self.data), "the file is cut"
        return self.data[self.at - size : self.at]

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)

    def word(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def status(self) -> int:
        return int.from_bytes(self.take(4), "little", signed=True)

    def key(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def list(self) -> list[int]:
        return [self.word() for _ in range(self.word())]


def numbers(v: Verdict) -> tuple[int, ...]:
    return (v.action, v.flags, v.errno, v.as_if_action, v.rule, v.as_if_rule, v.policy, v.as_if_policy)


class Vectors(unittest.TestCase):
    def evaluate(self, vm: VM, ring: bool, step: Steps) -> int:
        size, count = step.word(), step.word()
        records = step.take(size)
        done = 0
        for said in vm.evaluate_ring(records) if ring else vm.evaluate(records):
            done += 1
            self.assertLessEqual(done, count)
            wanted = VERDICT.unpack(step.take(VERDICT.size))
            self.assertEqual(numbers(said), wanted, f"verdict {done - 1}")
            if wanted[1] & (VerdictFlags.MATCHES | VerdictFlags.ASSUMED):
                notes = vm.notes(said)
                self.assertEqual(
                    (notes.actual, notes.as_if, notes.assumed), (step.list(), step.list(), step.list())
                )
        self.assertEqual(done, count)
        return count

    def put(self, put, step: Steps) -> None:
        key, status = step.key(), step.status()
        try:
            put(key, step.rest())
            said = 0
        except StatusError as error:
            said = error.status
        self.assertEqual(said, status)

    def run_steps(self, vm: VM, data: bytes) -> int:
        steps = Steps(data)
        self.assertEqual(steps.take(8), b"LICTORV1")
        verdicts = 0
        while steps.at < len(data):
            code, length = steps.word(), steps.word()
            step = Steps(steps.take(length))
            steps.take(-length % 4)
            match code:
                case 1:
                    self.put(vm.put_workload, step)
                case 2:
                    self.put(vm.put_subject, step)
                case 3:
                    vm.drop_workload(step.key())
                case 4:
                    vm.drop_subject(step.key())
                case 5 | 6:
                    verdicts += self.evaluate(vm, code == 6, step)
                case 7:
                    rule, policy = step.word(), step.word()
                    said = (vm.bundle.rule_name(rule), vm.bundle.rules[rule].policy)
                    self.assertEqual(said, (step.rest().decode(), policy))
                case _:
                    self.fail(f"no step has the code {code}")
        return verdicts

    def test_vectors(self) -> None:
        files = sorted(VECTORS.glob("*.steps"))
        self.assertTrue(files, "no vectors")
        verdicts = 0
        for file in files:
            with self.subTest(file.stem):
                vm = VM(ENGINE, Bundle.read(file.with_suffix(".lictor").read_bytes()))
                verdicts += self.run_steps(vm, file.read_bytes())
        print(f"{len(files)} bundles, {verdicts} verdicts")

    def test_refused(self) -> None:
        lines = (VECTORS / "refused.tsv").read_text().splitlines()
        self.assertTrue(lines, "no vectors")
        for line in lines:
            name, by, _ = line.split("\t")
            file = (VECTORS / "refused" / f"{name}.lictor").read_bytes()
            with self.subTest(name):
                if by == "container":
                    self.assertRaises(BundleError, Bundle.read, file)
                    continue
                with self.assertRaises(StatusError) as caught:
                    VM(ENGINE, Bundle.read(file))
                self.assertEqual(caught.exception.status, int(by))
        print(f"{len(lines)} files refused")
