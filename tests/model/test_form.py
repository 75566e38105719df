"""Records read from a file: all that is wrong is found at once, with the path of keys that leads to it."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import jsonschema
import pytest

from tcptune.model.form import Malformed, Written, choice, json_schema, mapping, optional, read, record, several, text
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf."""

    colour: Annotated[str, Written(choice("red", "green"), "Its colour.", key="color")]
    note: Annotated[str | None, Written(optional(text(least=1)), "A note.")] = None

    def __post_init__(self) -> None:
        if self.note == self.colour:
            raise ValueError("the note repeats the colour")


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree."""

    leaves: Annotated[tuple[Leaf, ...], Written(several(record(Leaf, short="color"), least=1), "What it bears.")]
    roots: Annotated[dict[str, Leaf], Written(mapping(record(Leaf)), "What it stands on.")]


WRONG = {
    "no mapping": (7, {(): "a mapping is expected"}),
    "nothing": ({}, {("leaves",): "'leaves' is missing", ("roots",): "'roots' is missing"}),
    "no list": ({"leaves": {}, "roots": {}}, {("leaves",): "a list is expected"}),
    "too few": ({"leaves": [], "roots": {}}, {("leaves",): "it is empty"}),
    "another word": ({"leaves": ["blue"], "roots": {}}, {("leaves", 0, "color"): "only 'red' or 'green' is known"}),
    "no text": ({"leaves": [{"color": "red", "note": 1}], "roots": {}}, {("leaves", 0, "note"): "a text is expected"}),
    "half a character": (
        {"leaves": [{"color": "red", "note": "\ud800"}], "roots": {}},
        {("leaves", 0, "note"): "half a character is no text"},
    ),
    "of one record": (
        {"leaves": ["red", {"color": "red", "note": "red"}], "roots": {}},
        {("leaves", 1): "the note repeats the colour"},
    ),
    "several at once": (
        {"leaves": ["red"], "roots": {"a": {"colour": "red"}, "b": 3}, "bark": 1},
        {
            ("roots", "a", "color"): "'color' is missing",
            ("roots", "a", "colour"): "there is no key 'colour' here",
            ("roots", "b"): "a mapping is expected",
            ("bark",): "there is no key 'bark' here",
        },
    ),
}


def test_what_is_right_becomes_a_record() -> None:
    found = read(Tree, {"leaves": ["red", {"color": "green", "note": None}], "roots": {"a": {"color": "red"}}})
    assert found == Tree((Leaf("red"), Leaf("green")), {"a": Leaf("red")})


@pytest.mark.parametrize("name", WRONG)
def test_all_that_is_wrong_is_found_with_its_path(name: str) -> None:
    values, expected = WRONG[name]
    with pytest.raises(Malformed) as caught:
        read(Tree, values)
    assert {each.steps: each.said for each in caught.value.problems} == expected


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(Malformed) as caught:
        read(Leaf, {"color": "red", "colour": "red"})
    assert caught.value.problems[0].known == ("color", "note")


UNTOLD = {"half a character", "of one record"}
"""No JSON Schema can tell these."""


@pytest.mark.parametrize("name", sorted(set(WRONG) - UNTOLD))
def test_the_schema_refuses_what_is_refused(name: str) -> None:
    values, _ = WRONG[name]
    schema = json_schema(Tree)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not jsonschema.Draft202012Validator(schema).is_valid(values)


def test_the_schema_takes_what_is_right() -> None:
    validator = jsonschema.Draft202012Validator(json_schema(Tree))
    validator.validate({"leaves": [{"color": "green", "note": None}], "roots": {"a": {"color": "red"}}})


def test_a_profile_is_read_without_pydantic() -> None:
    code = "import sys, tcptune.profiles.load; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
