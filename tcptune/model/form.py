"""Records as a file writes them: each field says how it is read and what it is for; their JSON Schema comes from that.

A field is declared as `Annotated[its type, Written(form, what it is for)]`. All that is wrong with a file is found in
one reading, each with the path of keys that leads to it. Nothing here is imported but the standard library: a profile
is read at the start of a command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from tcptune.model.record import dataclass

Steps = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at the end of a path of keys; `known` are the keys that there are where it is an unknown one."""

    steps: Steps
    said: str
    known: tuple[str, ...] = ()
    missing: bool = False
    hint: str | None = None


class Malformed(ValueError):
    """What was read is no such record; `problems` is never empty."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(each.said for each in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written: `read` returns it, or adds to the problems; `schema` is its JSON Schema.

    `records` are the records that are written in it.
    """

    read: Callable[[Any, Steps, list[Problem]], Any]
    schema: Mapping[str, Any]
    records: tuple[type, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a field is for, how it is written, and under which key, if that is not its own name."""

    form: Form
    description: str
    key: str = ""


def read(kind: type[T], found: object) -> T:
    """Return the record that plain values are. Raises `Malformed` with all that is wrong."""
    problems: list[Problem] = []
    made = record(kind).read(found, (), problems)
    if problems:
        raise Malformed(problems)
    return cast(T, made)


@cache
def written(kind: type) -> Mapping[str, tuple[Field[Any], Written]]:
    """Return the fields of a record by the keys under which a file has them."""
    found, hints = {}, get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        (how,) = hints[field.name].__metadata__
        found[how.key or field.name] = field, how
    return found


def leaf(convert: Callable[[Any], Any], schema: Mapping[str, Any], hint: str | None = None) -> Form:
    """Return the form of what a function makes of a value; its `ValueError` says what is wrong."""

    def convert_or_tell(found: Any, steps: Steps, problems: list[Problem]) -> Any:
        try:
            return convert(found)
        except ValueError as error:
            problems.append(Problem(steps, str(error), hint=hint))
            return None

    return Form(convert_or_tell, schema)


def text(least: int = 0) -> Form:
    """Return the form of a text of so many characters or more."""

    def convert(found: Any) -> str:
        if not isinstance(found, str):
            raise ValueError("a text is expected")
        if len(found) < least:
            raise ValueError("it is empty")
        if any("\ud800" <= character <= "\udfff" for character in found):
            raise ValueError("half a character is no text")
        return found

    return leaf(convert, {"type": "string", **({"minLength": least} if least else {})})


def choice(*words: str) -> Form:
    """Return the form of one of some words."""
    known = " or ".join(map(repr, words))

    def convert(found: Any) -> str:
        if not isinstance(found, str) or found not in words:
            raise ValueError(f"only {known} is known")
        return found

    only = {"const": words[0]} if len(words) == 1 else {"enum": list(words)}
    return leaf(convert, {**only, "type": "string"})


def optional(form: Form) -> Form:
    """Return the form of something that may be null."""

    def read_or_none(found: Any, steps: Steps, problems: list[Problem]) -> Any:
        return None if found is None else form.read(found, steps, problems)

    one_of = form.schema["anyOf"] if set(form.schema) == {"anyOf"} else [form.schema]
    return Form(read_or_none, {"anyOf": [*one_of, {"type": "null"}]}, form.records)


def several(form: Form, least: int = 0) -> Form:
    """Return the form of a list of so many or more, which becomes a tuple."""

    def read_each(found: Any, steps: Steps, problems: list[Problem]) -> Any:
        if not isinstance(found, list | tuple):
            return _wrong(problems, steps, "a list is expected")
        if len(found) < least:
            return _wrong(problems, steps, "it is empty")
        return tuple(form.read(item, (*steps, number), problems) for number, item in enumerate(found))

    schema = {"items": form.schema, "type": "array", **({"minItems": least} if least else {})}
    return Form(read_each, schema, form.records)


def mapping(form: Form) -> Form:
    """Return the form of a mapping from texts."""

    def read_each(found: Any, steps: Steps, problems: list[Problem]) -> Any:
        if not isinstance(found, dict):
            return _wrong(problems, steps, "a mapping is expected")
        return {key: form.read(item, (*steps, key), problems) for key, item in found.items()}

    return Form(read_each, {"additionalProperties": form.schema, "type": "object"}, form.records)


def record(kind: type, short: str = "") -> Form:
    """Return the form of a record; with `short`, what is no mapping is that field's value."""

    def read_fields(found: Any, steps: Steps, problems: list[Problem]) -> Any:
        if short and not isinstance(found, dict):
            found = {short: found}
        if not isinstance(found, dict):
            return _wrong(problems, steps, "a mapping is expected")
        return _made(kind, found, steps, problems)

    return Form(read_fields, {"$ref": f"#/$defs/{kind.__name__}"}, (kind,))


def _made(kind: type, found: dict[str, Any], steps: Steps, problems: list[Problem]) -> Any:
    before, known, given = len(problems), written(kind), {}
    for key, (field, how) in known.items():
        if key in found:
            given[field.name] = how.form.read(found[key], (*steps, key), problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.append(Problem((*steps, key), f"{key!r} is missing", missing=True))
    for key in found:
        if key not in known:
            problems.append(Problem((*steps, key), f"there is no key {key!r} here", known=tuple(known)))
    if len(problems) > before:
        return None
    try:
        return kind(**given)
    except ValueError as error:
        return _wrong(problems, steps, str(error))


def _wrong(problems: list[Problem], steps: Steps, said: str) -> None:
    problems.append(Problem(steps, said))


def json_schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of a record, with those of the records in it."""
    below = _below(kind)
    return {"$defs": {each.__name__: _object(each) for each in below}, **_object(kind)}


def _below(kind: type) -> list[type]:
    found: dict[type, None] = {}
    for _, how in written(kind).values():
        for each in how.form.records:
            found.update(dict.fromkeys([each, *_below(each)]))
    return sorted(found, key=lambda each: each.__name__)


def _object(kind: type) -> dict[str, Any]:
    properties, required = {}, []
    for key, (field, how) in written(kind).items():
        schema = {**how.form.schema, "description": how.description}
        if not any("$ref" in each for each in schema.get("anyOf", ())):  # What is referred to has its own.
            schema["title"] = key.replace("_", " ").title()
        if field.default is not MISSING:
            schema["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
        elif field.default_factory is MISSING:
            required.append(key)
        properties[key] = ordered(schema)
    made = {"additionalProperties": False, "description": _docstring(kind), "properties": properties}
    return {**made, **({"required": required} if required else {}), "title": kind.__name__, "type": "object"}


def ordered(node: Any) -> Any:
    """Return a schema with its words in the order of the alphabet, as generated files are compared by."""
    if isinstance(node, dict):
        return {name: ordered(node[name]) for name in sorted(node)}
    return [ordered(item) for item in node] if isinstance(node, list) else node


def _docstring(kind: type) -> str:
    from inspect import getdoc

    return getdoc(kind) or ""
