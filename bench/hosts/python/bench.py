"""Times the Python host: bench.py BUNDLE EVENTS BATCH…, see ../README.md."""

import sys
import time
from array import array
from pathlib import Path

from lictor import NO_RULE, VM, Bundle, Engine


def divide(events: bytes, batch: int) -> tuple[list[bytes], int]:
    """Cuts events, one behind the other, into batches of so many, and counts them."""
    batches, start, at, count = [], 0, 0, 0
    while at < len(events):
        at += int.from_bytes(events[at : at + 4], "little")
        count += 1
        if count % batch == 0 or at == len(events):
            batches.append(events[start:at])
            start = at
    return batches, count


def one_round(vm: VM, batches: list[bytes]) -> int:
    """The sum of the numbers of rules, plus 1, and of actions: both are read of every verdict."""
    total = 0
    for records in batches:
        verdicts = vm.evaluate_packed(records)
        rules = array("I", verdicts)[1::4]
        total += sum(rules) + len(rules) - (rules.count(NO_RULE) << 32) + sum(verdicts[::16])
    return total


def main() -> None:
    bundle, events, *sizes = sys.argv[1:]
    vm = VM(Engine(), Bundle.read(Path(bundle).read_bytes()))
    for size in sizes:
        batches, count = divide(Path(events).read_bytes(), int(size))
        expected = one_round(vm, batches)
        one_round(vm, batches)
        rounds: list[float] = []
        begin = time.perf_counter()
        while len(rounds) < 5 or time.perf_counter() - begin < 1:
            start = time.perf_counter()
            total = one_round(vm, batches)
            rounds.append(time.perf_counter() - start)
            if total != expected:
                sys.exit("bench: a round with other verdicts")
        print(f"{size} {min(rounds) * 1e9 / count:.1f} {expected}")


if __name__ == "__main__":
    main()
