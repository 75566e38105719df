"""Records behave as dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any

import pytest

from tcptune.model.record import changed, dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A record with every kind of field."""

    x: int
    y: int = 2
    tags: Mapping[str, int] = field(default_factory=dict)
    aside: str = field(default="", compare=False)

    @property
    def sum(self) -> int:
        """Return both together."""
        return self.x + self.y


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same, by the standard library."""

    x: int
    y: int = 2


def test_values_are_given_by_place_or_by_name_and_defaults_fill_in() -> None:
    assert (Point(1).x, Point(1).y, Point(1).tags) == (1, 2, {})
    assert Point(1, y=5).sum == 6
    assert Point(1).tags is not Point(1).tags


@pytest.mark.parametrize(("args", "given"), [((), {}), ((1, 2, {}, "", 5), {}), ((1,), {"x": 2}), ((1,), {"z": 2})])
def test_what_does_not_fit_is_a_type_error(args: tuple[object, ...], given: dict[str, object]) -> None:
    made: Any = Point
    with pytest.raises(TypeError):
        made(*args, **given)


def test_equality_and_hash_are_those_of_the_compared_fields() -> None:
    frozen = {"a": 1}
    assert Point(1, 2, frozen, "one") == Point(1, 2, dict(frozen), "other")
    assert Point(1) != Point(2)
    other: object = Standard(1, 2)
    assert Point(1) != other
    hashable: Any = ()
    assert hash(Point(1, 2, hashable, "one")) == hash(Point(1, 2, hashable, "other"))


def test_nothing_can_be_changed_or_added() -> None:
    point: Any = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(AttributeError):
        point.z = 3
    assert not hasattr(point, "__dict__")


def test_the_tools_of_the_standard_library_work() -> None:
    point = Point(1, 3, {"a": 1}, "kept")
    assert replace(point, x=7) == Point(7, 3, {"a": 1})
    assert replace(point, x=7).aside == "kept"
    assert [f.name for f in fields(point)] == ["x", "y", "tags", "aside"]
    assert pickle.loads(pickle.dumps(point)) == point
    assert copy.deepcopy(point) == point
    assert repr(Point(1)) == "Point(x=1, y=2, tags={}, aside='')"
    assert repr(Point(1))[5:10] == repr(Standard(1))[8:13].replace(")", ",")


def test_a_changed_one_is_what_replace_makes() -> None:
    point = Point(1, 3, {"a": 1}, "kept")
    assert changed(point, x=7, aside="new") == replace(point, x=7, aside="new")
    assert changed(point).aside == "kept"
    assert changed(Basket("a", [1]), name="b") == Basket("b", [1])
    with pytest.raises((KeyError, TypeError)):
        changed(point, z=1)


def test_one_is_declared_without_brackets_too() -> None:
    @dataclass
    class Loose:
        x: int

    loose = Loose(1)
    loose.x = 2
    assert loose == Loose(2)


def test_a_class_of_which_many_are_made_stays_as_it_is() -> None:
    @dataclass(frozen=True, slots=True)
    class Many:
        missing: int
        after: int = 2
        tags: Mapping[str, int] = field(default_factory=dict)

    first: Any = Many.__init__
    assert [Many(number) for number in range(1000)] == [Many(number, 2, {}) for number in range(1000)]
    assert Many.__init__ is not first
    made: Any = Many
    one, other = made(1, tags={"a": 1}), made(missing=1, after=3)
    assert (one.missing, one.after, one.tags) == (1, 2, {"a": 1})
    assert (other.missing, other.after, other.tags) == (1, 3, {})
    assert made(1).tags is not made(1).tags
    for args, given in (((), {}), ((1, 2, {}, 5), {}), ((1,), {"missing": 2}), ((1,), {"z": 2})):
        with pytest.raises(TypeError):
            made(*args, **given)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.after = 3


def test_what_a_record_does_when_it_is_made_it_does_every_time() -> None:
    seen: list[int] = []

    @dataclass(frozen=True, slots=True)
    class Told:
        x: int

        def __post_init__(self) -> None:
            seen.append(self.x)

    for number in range(1000):
        Told(number)
    assert seen == list(range(1000))


@dataclass(slots=True)
class Basket:
    """A record that can change."""

    name: str
    items: list[int] = field(default_factory=list)


def test_one_without_frozen_can_change_and_has_no_hash() -> None:
    one, other = Basket("a"), Basket("a", [])
    one.items.append(1)
    one.name = "b"
    assert one != other and (one.name, one.items, other.items) == ("b", [1], [])
    assert one == Basket("b", [1]) == pickle.loads(pickle.dumps(one)) == replace(other, name="b", items=[1])
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    anything: Any = one
    with pytest.raises(AttributeError):
        anything.price = 1


def test_many_of_one_kind_are_made_as_the_first_one_is() -> None:
    """From some hundreds on they have an `__init__` of their own."""
    made = [Basket(str(number)) for number in range(500)]
    assert [one.name for one in made] == [str(number) for number in range(500)]
    assert made[0].items is not made[1].items and made[498].items is not made[499].items
    assert Basket("a", items=[2]).items == [2]
    wrong: Any = Basket
    with pytest.raises(TypeError):
        wrong()
