"""A profile: what a host of one role should have, and why. The model of the YAML file, and of its JSON Schema."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema, field_validator, model_validator
from pydantic_core import CoreSchema

from tcptune.model.base import Model
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

ProfileValue = Annotated[Value, PlainValidator(_value), WithJsonSchema(_VALUE_SCHEMA)]


def _whole(found: object) -> int:
    if type(found) is not int:
        raise ValueError("a whole number is expected")
    return found


Whole = Annotated[int, PlainValidator(_whole), WithJsonSchema({"type": "integer"})]


def _words(found: object) -> tuple[str, ...]:
    items = found if isinstance(found, list | tuple) else [found]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise ValueError("a name or a list of names is expected")
    return tuple(items)


_STRINGS = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
Words = Annotated[
    tuple[str, ...],
    PlainValidator(_words),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, _STRINGS]}),
]


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


class When(Model):
    """Where a setting holds: all that is named must be so. `kernel` and `memory` are comparisons.

    `distro` is a distribution's name (one of several), `module` what must be loaded (all of several), `netns` the
    host's own network namespace or another one, `loader` who reads the drop-ins.
    """

    kernel: str | None = Field(None, description="Comparisons such as '>=4.18' or '>=4.18, <6.0'.")
    memory: str | None = Field(None, description="A comparison such as '>=8GiB'.")
    distro: Words | None = Field(None, description="A distribution such as rhel9, or several: one of them.")
    module: Words | None = Field(None, description="A kernel module that is loaded, or several: all of them.")
    netns: Literal["initial", "other"] | None = Field(
        None, description="initial: the host's own namespace; other: any other."
    )
    loader: Literal["systemd", "procps"] | None = Field(
        None, description="Who applies the drop-ins at boot: systemd or procps."
    )

    @field_validator("kernel")
    @classmethod
    def _kernel(cls, text: str | None) -> str | None:
        for _, operand in comparisons(text) if text is not None else ():
            _release(operand)
        return text

    @field_validator("memory")
    @classmethod
    def _memory(cls, text: str | None) -> str | None:
        for _, operand in comparisons(text) if text is not None else ():
            memory_size(operand)
        return text

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


class Wish(Model):
    """What one parameter should be: exactly one of `value`, `one_of`, `default`, or bounds.

    The bounds are `at_least` and `at_most`; `per_gib` raises the lower one with the host's memory, never past
    `at_most`. A plain value is short for `{value: …}`.
    """

    value: ProfileValue | None = Field(None, description="The value wanted.")
    at_least: Whole | None = Field(None, description="The least number that is right.")
    at_most: Whole | None = Field(None, description="The greatest number that is right.")
    per_gib: Whole | None = Field(None, description="The least number for each GiB of memory, within the bounds.")
    one_of: tuple[ProfileValue, ...] | None = Field(
        None, min_length=1, description="Values that are all right; the first one is set where none of them is there."
    )
    default: Literal[True] | None = Field(None, description="The kernel's own default.")
    when: When | None = Field(None, description="Where the setting holds.")
    why: str = Field("", description="The reason, in a sentence.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        return data if isinstance(data, dict | Wish) else {"value": data}

    @model_validator(mode="after")
    def _one_kind(self) -> Wish:
        kinds = [name for name in ("value", "one_of", "default") if getattr(self, name) is not None]
        if self.bounded:
            kinds.append("at_least, at_most or per_gib")
        if not kinds:
            raise ValueError("a setting needs value, at_least, at_most, per_gib, one_of or default")
        if len(kinds) > 1:
            raise ValueError(f"{kinds[0]} and {kinds[1]} exclude each other")
        if self.per_gib is not None and self.per_gib < 1:
            raise ValueError("per_gib is a number above 0")
        return self

    @property
    def bounded(self) -> bool:
        """Tell whether this names bounds."""
        return not (self.at_least is None and self.at_most is None and self.per_gib is None)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        made = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [*_VALUE_SCHEMA["anyOf"], made]}


class Accept(Model):
    """A documented risk that the profile takes on purpose: the rule's code, slug or prefix, and the reason."""

    rule: str = Field(min_length=1, description="A rule's code or slug, or a prefix such as TT4.")
    why: str = Field(min_length=1, description="Why the risk is taken.")


class Profile(Model):
    """A profile as its file has it; parents are not merged in."""

    document: Literal["tcptune/profile/1"] = Field(alias="schema", description="The format of this file.")
    name: str = Field(pattern=f"^{NAME.pattern}$", description="Its name: small letters, digits, - . and _.")
    summary: str = Field(min_length=1, description="What kind of host it is for, in one line.")
    extends: Words = Field((), description="Profiles that this one builds on, left to right; the later one wins.")
    settings: dict[str, Wish] = Field(default_factory=dict, description="What each parameter should be.")
    accept: tuple[Accept, ...] = Field((), description="Documented risks that this profile takes on purpose.")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        **Profile.model_json_schema(by_alias=True),
    }
