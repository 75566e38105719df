"""A profile: what a host of one role should have, and why. The model of the YAML file, and of its JSON Schema."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import field
from typing import Annotated, Any, Literal

from tcptune.model import form
from tcptune.model.form import Form, Written, choice, leaf, optional, record, several, text
from tcptune.model.record import dataclass
from tcptune.model.value import Value
from tcptune.model.version import KernelVersion

SCHEMA = "tcptune/profile/1"

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""A profile's name."""

_COMPARISON = re.compile(r"\s*(>=|<=|==|=|>|<)\s*([^\s,<>=]+)\s*")
_MEMORY = re.compile(r"(\d+)\s*(KiB|MiB|GiB|TiB)")
_UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_RELEASE = re.compile(r"\d+\.\d+(?:\.\d+)?")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "==": operator.eq,
}


def _value(found: object) -> Value:
    """Read a value as a profile writes it: a number, a text, or a list of numbers for a pair or triple."""
    if isinstance(found, bool):
        raise ValueError("true and false are no values of the kernel: write 1 or 0")
    if isinstance(found, int | str):
        return found
    if isinstance(found, list | tuple) and found and all(type(item) is int for item in found):
        return tuple(found)
    raise ValueError("a number, a text or a list of numbers is expected")


_NUMBERS = {"type": "array", "items": {"type": "integer"}, "minItems": 1}
_VALUE_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "integer"}, {"type": "string"}, _NUMBERS]}
_VALUE = leaf(_value, _VALUE_SCHEMA)


def _whole(found: object) -> int:
    if type(found) is not int:
        raise ValueError("a whole number is expected")
    return found


_WHOLE = leaf(_whole, {"type": "integer"})


def _words(found: object) -> tuple[str, ...]:
    items = found if isinstance(found, list | tuple) else [found]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise ValueError("a name or a list of names is expected")
    return tuple(items)


_STRINGS = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_WORDS = leaf(_words, {"anyOf": [{"type": "string", "minLength": 1}, _STRINGS]})


def _name(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError("a text is expected")
    if NAME.fullmatch(found) is None:
        raise ValueError("small letters, digits, - . and _ are expected")
    return found


def _default(found: object) -> Literal[True]:
    if found is not True:
        raise ValueError("only true is known")
    return True


def comparisons(text: str) -> list[tuple[str, str]]:
    """Return the comparisons of `>=4.18, <6.0` as operator and operand. Raises `ValueError` for anything else."""
    found = []
    for part in text.split(","):
        match = _COMPARISON.fullmatch(part)
        if match is None:
            raise ValueError(f"{text!r} is no comparison such as '>=4.18' or '>=4.18, <6.0'")
        found.append((match[1], match[2]))
    return found


def memory_size(text: str) -> int:
    """Return a memory size such as `8GiB` in bytes. Raises `ValueError` when it is none."""
    match = _MEMORY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no memory size such as 8GiB (KiB, MiB, GiB and TiB are known)")
    return int(match[1]) * _UNITS[match[2]]


def _release(text: str) -> tuple[int, ...]:
    if _RELEASE.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no kernel release such as 6.1")
    return tuple(int(part) for part in text.split("."))


def _compared(operand: Callable[[str], object]) -> Form:
    """Return the form of comparisons with operands that a function understands."""

    def convert(found: object) -> str:
        if not isinstance(found, str):
            raise ValueError("a text is expected")
        for _, each in comparisons(found):
            operand(each)
        return found

    return leaf(convert, {"type": "string"})


@dataclass(frozen=True, slots=True)
class When:
    """Where a setting holds: all that is named must be so. `kernel` and `memory` are comparisons.

    `distro` is a distribution's name (one of several), `module` what must be loaded (all of several), `netns` the
    host's own network namespace or another one, `loader` who reads the drop-ins.
    """

    kernel: Annotated[
        str | None, Written(optional(_compared(_release)), "Comparisons such as '>=4.18' or '>=4.18, <6.0'.")
    ] = None
    memory: Annotated[str | None, Written(optional(_compared(memory_size)), "A comparison such as '>=8GiB'.")] = None
    distro: Annotated[
        tuple[str, ...] | None, Written(optional(_WORDS), "A distribution such as rhel9, or several: one of them.")
    ] = None
    module: Annotated[
        tuple[str, ...] | None, Written(optional(_WORDS), "A kernel module that is loaded, or several: all of them.")
    ] = None
    netns: Annotated[
        Literal["initial", "other"] | None,
        Written(optional(choice("initial", "other")), "The host's own namespace, or another one."),
    ] = None
    loader: Annotated[
        Literal["systemd", "procps"] | None,
        Written(optional(choice("systemd", "procps")), "Who applies the drop-ins at boot."),
    ] = None

    def kernel_holds(self, version: KernelVersion) -> bool:
        """Tell whether the kernel is meant; `<=6.1` means every 6.1.x too."""
        for sign, operand in comparisons(self.kernel) if self.kernel is not None else ():
            wanted = _release(operand)
            if not _OPERATORS[sign](tuple(version)[: len(wanted)], wanted):
                return False
        return True

    def memory_holds(self, size: int) -> bool:
        """Tell whether a memory of that many bytes is meant."""
        pairs = comparisons(self.memory) if self.memory is not None else ()
        return all(_OPERATORS[sign](size, memory_size(operand)) for sign, operand in pairs)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one parameter should be: exactly one of `value`, `one_of`, `default`, or bounds.

    The bounds are `at_least` and `at_most`; `per_gib` raises the lower one with the host's memory, never past
    `at_most`. A plain value is short for `{value: …}`.
    """

    value: Annotated[Value | None, Written(optional(_VALUE), "The value wanted.")] = None
    at_least: Annotated[int | None, Written(optional(_WHOLE), "The least number that is right.")] = None
    at_most: Annotated[int | None, Written(optional(_WHOLE), "The greatest number that is right.")] = None
    per_gib: Annotated[
        int | None, Written(optional(_WHOLE), "The least number for each GiB of memory, within the bounds.")
    ] = None
    one_of: Annotated[
        tuple[Value, ...] | None,
        Written(
            optional(several(_VALUE, least=1)),
            "Values that are all right; the first one is set where none of them is there.",
        ),
    ] = None
    default: Annotated[
        Literal[True] | None,
        Written(
            optional(leaf(_default, {"const": True, "type": "boolean"}, "leave it out where it is not wanted")),
            "The kernel's own default.",
        ),
    ] = None
    when: Annotated[When | None, Written(optional(record(When)), "Where the setting holds.")] = None
    why: Annotated[str, Written(text(), "The reason, in a sentence.")] = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` for what is no demand, or two."""
        kinds = [name for name in ("value", "one_of", "default") if getattr(self, name) is not None]
        if self.bounded:
            kinds.append("at_least, at_most or per_gib")
        if not kinds:
            raise ValueError("a setting needs value, at_least, at_most, per_gib, one_of or default")
        if len(kinds) > 1:
            raise ValueError(f"{kinds[0]} and {kinds[1]} exclude each other")
        if self.per_gib is not None and self.per_gib < 1:
            raise ValueError("per_gib is a number above 0")

    @property
    def bounded(self) -> bool:
        """Tell whether this names bounds."""
        return not (self.at_least is None and self.at_most is None and self.per_gib is None)


@dataclass(frozen=True, slots=True)
class Accept:
    """A documented risk that the profile takes on purpose: the rule's code, slug or prefix, and the reason."""

    rule: Annotated[str, Written(text(least=1), "A rule's code or slug, or a prefix such as TT4.")]
    why: Annotated[str, Written(text(least=1), "Why the risk is taken.")]


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as its file has it; parents are not merged in."""

    document: Annotated[str, Written(choice(SCHEMA), "The format of this file.", key="schema")]
    name: Annotated[
        str,
        Written(
            leaf(_name, {"type": "string", "pattern": f"^{NAME.pattern}$"}),
            "Its name: small letters, digits, - . and _.",
        ),
    ]
    summary: Annotated[str, Written(text(least=1), "What kind of host it is for, in one line.")]
    extends: Annotated[
        tuple[str, ...], Written(_WORDS, "Profiles that this one builds on, left to right; the later one wins.")
    ] = ()
    settings: Annotated[
        dict[str, Wish], Written(form.mapping(record(Wish, short="value")), "What each parameter should be.")
    ] = field(default_factory=dict)
    accept: Annotated[
        tuple[Accept, ...],
        Written(several(record(Accept)), "Documented risks that this profile takes on purpose."),
    ] = ()


def read(found: object) -> Profile:
    """Return the profile that a file's plain values are. Raises `Malformed` with all that is wrong with it."""
    return form.read(Profile, found)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile's file."""
    made = form.json_schema(Profile)
    # A setting's value alone is short for a setting.
    made["$defs"]["Wish"] = {"anyOf": [*form.ordered(_VALUE_SCHEMA["anyOf"]), made["$defs"]["Wish"]]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **made}
