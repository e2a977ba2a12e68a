"""What a bundle says of a recorded trace, by rule: a table, and a plot.

    lictor replay build.lictor-trace -b base.bundle --records all --format json >records.ndjson
    python report.py base.bundle records.ndjson verdicts.svg

Its parts are marked as cells, so that an editor can run them one by one, as a notebook.
"""

# %% What is read
import json
import re
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from lictor import VM, Action, Bundle, Engine, Field, Kind, Record
from lictor.spec import FIELD_TYPES, FLAG_BITS

bundle_file, records_file, plot_file = sys.argv[1:]
bundle = Bundle.read(Path(bundle_file).read_bytes())
records = [json.loads(line) for line in Path(records_file).read_text().splitlines()]


# %% Events as records of the module
def text(written: str) -> bytes:
    """Bytes that are no UTF-8 stand as \\xHH in JSON, a backslash twice."""
    parts = re.split(r"\\(\\|x[0-9a-fA-F]{2})", written)
    return b"".join(
        part.encode() if i % 2 == 0 else b"\\" if part == "\\" else bytes.fromhex(part[1:]) for i, part in enumerate(parts)
    )


def nanoseconds(time: str) -> int:
    whole, fraction = re.fullmatch(r"(.{19})(?:\.(\d+))?Z", time).groups()
    return int(datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**9 + int((fraction or "").ljust(9, "0"))


def encode(event: dict) -> bytes:
    record = Record(Kind[event["kind"].replace(".", "_").upper()], time=nanoseconds(event["time"]))
    for group in (name for name in event if name not in ("kind", "time")):
        for name, value in event[group].items():
            field = Field[f"{group}_{name}".upper()]
            match FIELD_TYPES[field]:
                case "string":
                    record.text(field, text(value))
                case "address":
                    record.address(field, value)
                case "list":
                    record.list(field, [text(part) for part in value])
                case "map":
                    record.list(field, [text(part) for pair in value.items() for part in pair])
                case "flags":
                    record.number(field, sum(FLAG_BITS[field][flag] for flag in value))
                case "bool":
                    record.boolean(field, value)
                case _:
                    record.number(field, int(value))
    return record.encode()


# %% Verdicts
vm = VM(Engine(), bundle)
verdicts = list(vm.evaluate(b"".join(encode(record["event"]) for record in records)))
same = sum(
    (verdict.action.name.lower(), bundle.rule_name(verdict.rule))
    == (record["action"], record["rule"] and f"{record['policy']}/{record['rule']}")
    for verdict, record in zip(verdicts, records, strict=True)
)
print(f"{same} of {len(records)} verdicts are those of `lictor replay`")
if same < len(records):
    sys.exit(1)

# %% By rule
counts = Counter((verdict.action, bundle.rule_name(verdict.rule) or "(no rule)") for verdict in verdicts)
by_rule = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
for (action, rule), count in by_rule:
    print(f"{count:5}  {action.name.lower():7}  {rule}")

# %% The plot: colours repeat what the labels say
COLOURS = {Action.ALLOW: "#4c9f70", Action.AUDIT: "#3b75af", Action.DENY: "#c8702a"}
labels = [f"{rule}\n{action.name.lower()}" for (action, rule), _ in by_rule]
heights = [count for _, count in by_rule]
plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "lictor"})
figure, axes = plt.subplots(figsize=(9, 0.55 * len(labels) + 1.2), layout="constrained")
bars = axes.barh(labels, heights, color=[COLOURS.get(action, "#8c2f39") for (action, _), _ in by_rule])
axes.bar_label(bars, padding=3)
axes.invert_yaxis()
axes.set_xscale("log")
axes.set_xlim(0.7, max(heights) * 2)
axes.set_xlabel("events, logarithmic")
axes.set_title(f"Verdicts by rule: {len(verdicts)} events, bundle {bundle.digest[:12]}")
axes.spines[["top", "right"]].set_visible(False)
figure.savefig(plot_file, metadata={"Date": None})
print(f"a plot of {len(labels)} rows")
