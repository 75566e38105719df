"""The catalogue's records: named fields, defaults, no change; every literal is of its fields' types."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any, get_type_hints

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError

import tcptune.catalog
from tcptune.catalog import parameters
from tcptune.catalog.targets import resolve
from tcptune.model.fact import Fact


class Base(Fact):
    """Two fields, one with a default."""

    name: str
    count: int = 1


class More(Base):
    """A required field behind a parent's default."""

    unit: str
    tags: tuple[str, ...] = ()


def test_fields_are_named_and_defaults_hold() -> None:
    one = More(name="a", unit="s")
    assert (one.name, one.count, one.unit, one.tags) == ("a", 1, "s", ())
    assert repr(one) == "More(name='a', count=1, unit='s', tags=())"


def test_a_missing_field_and_one_that_there_is_not_are_errors() -> None:
    more: Any = More
    base: Any = Base
    with pytest.raises(TypeError, match=r"More\(\) needs name, unit"):
        more()
    with pytest.raises(TypeError, match=r"Base\(\) has no nmae"):
        base(name="a", nmae="b")
    with pytest.raises(TypeError, match="positional"):
        base("a")


def test_nothing_changes_a_record() -> None:
    one: Any = Base(name="a")
    with pytest.raises(AttributeError, match="cannot change 'name' of a Base"):
        one.name = "b"
    with pytest.raises(AttributeError, match="cannot change"):
        del one.name
    assert one.but(count=3) == Base(name="a", count=3)
    assert one == Base(name="a")
    with pytest.raises(TypeError, match="has no size"):
        one.but(size=3)


def test_records_are_equal_by_kind_and_fields() -> None:
    assert Base(name="a") == Base(name="a", count=1)
    assert hash(Base(name="a")) == hash(Base(name="a", count=1))
    assert Base(name="a") != Base(name="a", count=2)
    assert Base(name="a") != More(name="a", unit="s")


@cache
def adapter(field: Any) -> TypeAdapter[Any]:
    return TypeAdapter(field, config=ConfigDict(strict=True, arbitrary_types_allowed=True))


def wrong(fact: Fact) -> Iterator[str]:
    """Yield every field of a record, and of those in it, whose value is not of its type."""
    for name, field in get_type_hints(type(fact)).items():
        if name.startswith("__"):
            continue
        value = getattr(fact, name)
        try:
            adapter(field).validate_python(value)
        except ValidationError as error:
            yield f"{fact!r}: {name}: {error}"
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Fact):
                yield from wrong(each)


def literals() -> list[Fact]:
    """Return every record that a module of the catalogue holds by itself or in a tuple."""
    names = [module.name for module in pkgutil.walk_packages(tcptune.catalog.__path__, "tcptune.catalog.")]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    found = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
    return [each for each in found if isinstance(each, Fact)]


def test_every_literal_of_the_catalogue_is_of_its_fields_types() -> None:
    known = literals()
    assert {id(entry) for entry in parameters().values()} <= {id(fact) for fact in known}
    assert resolve("rhel9")
    assert [text for fact in known for text in wrong(fact)] == []


def test_a_literal_of_a_wrong_type_is_found() -> None:
    entry = parameters()["net.ipv4.tcp_tw_reuse"]
    assert len(list(wrong(entry.but(mode="0644")))) == 1
    assert len(list(wrong(entry.but(risks=(entry.risks[0].but(severity="grave"),))))) == 1
    assert len(list(wrong(entry.but(sources=list(entry.sources))))) == 1
