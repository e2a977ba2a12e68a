"""Decides on events by compiled Lictor policies: the core module on wasmtime.

An Engine is the compiled module, and safe for threads. A VM is one instance with one bundle in it, for one thread at a
time. A Pool has several, and exchanges bundles under load.
"""

from .bundle import Bundle, BundleError, Policy, Rule
from .pool import Pool
from .record import Record, RecordError
from .spec import Action, Field, Kind, NO_POLICY, NO_RULE, VerdictFlags
from .vm import Engine, Notes, StatusError, Verdict, VM

__all__ = [
    "Action",
    "Bundle",
    "BundleError",
    "Engine",
    "Field",
    "Kind",
    "NO_POLICY",
    "NO_RULE",
    "Notes",
    "Policy",
    "Pool",
    "Record",
    "RecordError",
    "Rule",
    "StatusError",
    "VM",
    "Verdict",
    "VerdictFlags",
]
