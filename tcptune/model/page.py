"""A page of `tcptune explain`: what is known about one name, ready to be set as text or JSON."""

from __future__ import annotations

from typing import Literal

from tcptune.model.record import dataclass

PageKind = Literal["parameter", "counter", "rule", "topic", "distribution", "experiment"]
Form = Literal["text", "list", "facts", "claims", "code"]


@dataclass(frozen=True, slots=True)
class Item:
    """One statement. `label` is what it is about, in a `claims` section the claim that `text` refutes."""

    text: str
    label: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Statements under a heading.

    `form` says how they are set: paragraphs (`text`), a `list`, `facts` with a label each, `claims` with their
    refutation, or `code` as it stands.
    """

    title: str
    items: tuple[Item, ...]
    form: Form = "list"


@dataclass(frozen=True, slots=True)
class Page:
    """Everything about one name; `kernel` is what version-dependent statements were chosen for."""

    title: str
    kind: PageKind
    summary: str
    sections: tuple[Section, ...]
    kernel: str | None = None
    value: str | None = None
