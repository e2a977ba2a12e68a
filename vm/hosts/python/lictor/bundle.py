"""Bundle files: sections behind a table of digests, and the names that verdicts carry as numbers."""

import hashlib
import struct
from dataclasses import dataclass

import msgpack  # type: ignore[import-untyped]

_MAGIC = b"LICTORB\0"
_HEADER = struct.Struct("<8sII")
_ENTRY = struct.Struct("<IIQQ32s")
# sections of each format that is read: the first so many
_COUNTS = {1: 4, 2: 5}
_MANIFEST, _PROGRAM = 0, 1


class BundleError(ValueError):
    """A file is not a sound bundle."""


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    description: str | None
    mode: str
    tier: str


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    policy: int
    action: str
    severity: str | None
    tags: tuple[str, ...]
    message: str | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Policies, compiled. `digest` is the SHA-256 of the file, hexadecimal; `kinds` and `fields` are what events should carry."""

    digest: str
    name: str
    version: str
    policies: tuple[Policy, ...]
    rules: tuple[Rule, ...]
    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    program: bytes

    @classmethod
    def read(cls, file: bytes) -> "Bundle":
        """Reads a file; each section has to have its digest. Signatures are checked by `lictor verify`, not here.

        Raises BundleError.
        """
        sections = _sections(file)
        try:
            manifest = msgpack.unpackb(sections[_MANIFEST], strict_map_key=False)
            policies = tuple(
                Policy(p["name"], p["description"], p["mode"], p["tier"]) for p in manifest["policies"]
            )
            rules = tuple(
                Rule(r["name"], r["policy"], r["action"], r["severity"], tuple(r["tags"]), r["message"])
                for r in manifest["rules"]
            )
            names = (manifest["name"], manifest["version"])
            needs = (tuple(manifest["kinds"]), tuple(manifest["fields"]))
        except (ValueError, KeyError, TypeError, msgpack.UnpackException) as error:
            raise BundleError(f"the manifest is damaged: {error}") from error
        if any(not 0 <= rule.policy < len(policies) for rule in rules):
            raise BundleError("a rule of a policy that is not there")
        return cls(hashlib.sha256(file).hexdigest(), *names, policies, rules, *needs, bytes(sections[_PROGRAM]))

    def rule_name(self, rule: int) -> str | None:
        """POLICY/RULE of a verdict's rule, None for NO_RULE."""
        if rule >= len(self.rules):
            return None
        one = self.rules[rule]
        return f"{self.policies[one.policy].name}/{one.name}"


def _sections(file: bytes) -> list[memoryview]:
    """Checks the table, the place and the digest of each. There is one way to write the same sections."""
    view = memoryview(file)
    if len(view) < _HEADER.size or bytes(view[:8]) != _MAGIC:
        raise BundleError("not a bundle")
    _, version, count = _HEADER.unpack_from(view)
    if _COUNTS.get(version) != count:
        raise BundleError(f"format {version} with {count} sections")
    end = _HEADER.size + count * _ENTRY.size
    if len(view) < end:
        raise BundleError("the bundle is truncated")
    sections = []
    for i in range(count):
        number, zero, offset, length, digest = _ENTRY.unpack_from(view, _HEADER.size + i * _ENTRY.size)
        if (number, zero, offset) != (i, 0, end):
            raise BundleError(f"section {i} is not where it should be")
        following = end + length + -length % 8
        if following > len(view):
            raise BundleError("the bundle is truncated")
        section = view[end : end + length]
        if hashlib.sha256(section).digest() != digest:
            raise BundleError(f"section {i} does not have its digest")
        if any(view[end + length : following]):
            raise BundleError(f"bytes behind section {i}")
        sections.append(section)
        end = following
    if end != len(view):
        raise BundleError("bytes behind the end")
    return sections
