"""What several kinds of pages have: myths, sources, lifetimes, and the names that lead to an entry."""

from __future__ import annotations

from collections.abc import Iterable

from tcptune.catalog.counters import COUNTERS
from tcptune.catalog.topics import TOPICS
from tcptune.model.history import Step
from tcptune.model.page import Form, Item, Section
from tcptune.model.parameter import Lifetime, Myth, Source
from tcptune.model.version import OLDEST, KernelVersion, Target

SOURCE_KINDS = {"commit": "commit", "code": "code", "doc": "doc", "rfc": "standard", "measured": "measured"}


def section(title: str, items: Iterable[Item | str], form: Form = "list") -> tuple[Section, ...]:
    """Return one section, or none when there is nothing to say."""
    made = tuple(Item(item) if isinstance(item, str) else item for item in items)
    return (Section(title, made, form),) if made else ()


def cite(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return sources as texts; what was measured is named so, the others speak for themselves."""
    return tuple(f"measured: {each.text}" if each.kind == "measured" else each.text for each in sources)


def sources_section(sources: Iterable[Source]) -> tuple[Section, ...]:
    """Return the list of sources."""
    return section("Sources", [Item(each.text, SOURCE_KINDS[each.kind]) for each in sources], "facts")


def myths_section(myths: Iterable[Myth]) -> tuple[Section, ...]:
    """Return what is often said and is not so."""
    return section("Often said, and not so", [Item(m.truth, m.claim, cite(m.sources)) for m in myths], "claims")


def existence(life: Lifetime, target: Target) -> str:
    """Tell whether something is there on the target, and since or until when."""
    if life.vendor_only and target.vendor not in life.vendor_only:
        return f"never in mainline: only in the kernels of {', '.join(life.vendor_only)}"
    if not life.began.holds(target):
        return f"no, it came with {life.began.since}" + noted(life.began)
    if life.removed is not None and life.removed.holds(target):
        return f"no, it is gone since {life.removed.since}" + noted(life.removed)
    words = "yes" if life.began.since == OLDEST else f"yes, since {life.began.since}"
    if life.removed is not None:
        words += f"; gone in {life.removed.since}"
    if life.module is not None:
        words += f", once the module {life.module} is loaded"
    return words + noted(life.began)


def noted(step: Step | None) -> str:
    """Return a step's note in brackets."""
    return f" ({step.note.rstrip('.')})" if step is not None and step.note else ""


def since(version: KernelVersion) -> str:
    """Return a label for what holds from a kernel on."""
    return "at first" if version == OLDEST else f"since {version}"


def mentioned_by(name: str) -> list[str]:
    """Return the topics that refer to an entry, and the counters whose rules it shares are left to the rules."""
    return [topic.name for topic in TOPICS if name in topic.see]


def counters_of(rules: Iterable[str]) -> list[str]:
    """Return the counters that the rules look at."""
    wanted = set(rules)
    return [entry.id for entry in COUNTERS if wanted & set(entry.rules)]


def see_section(names: Iterable[str]) -> tuple[Section, ...]:
    """Return the names to read on with, each once."""
    unique = list(dict.fromkeys(names))
    return section("See also", [Item(", ".join(unique))], "text") if unique else ()
