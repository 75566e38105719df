"""Rules as pages: a rule's page is the docstring of its module, a documented risk's page comes from the catalogue."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Iterator

from tcptune.catalog import parameters
from tcptune.catalog.lookup import Name
from tcptune.catalog.pages import parts
from tcptune.catalog.pages.parameter import risk_item
from tcptune.model.page import Item, Page, Section
from tcptune.model.parameter import Parameter, Risk
from tcptune.model.severity import Severity
from tcptune.rules.base import Rule
from tcptune.rules.registry import rules

GRAVITY: tuple[Severity, ...] = ("error", "warning", "note")


def rule_names() -> list[Name]:
    """Return every rule that can be asked for, with its slug as another spelling."""
    found = {rule.code: Name(rule.code, "rule", (rule.slug,)) for rule in rules()}
    for _, risk in _risks():
        found[risk.rule] = Name(risk.rule, "rule", (risk.slug,))
    return [found[code] for code in sorted(found)]


def rule_page(code: str) -> Page:
    """Return the page of a rule. Raises `KeyError` for a code that no rule has."""
    documented = [(entry, risk) for entry, risk in _risks() if risk.rule == code]
    if documented:
        return _risk_page(code, documented)
    return _module_page({rule.code: rule for rule in rules()}[code])


def _risks() -> Iterator[tuple[Parameter, Risk]]:
    for entry in parameters().values():
        for risk in entry.risks:
            yield entry, risk


def _risk_page(code: str, documented: list[tuple[Parameter, Risk]]) -> Page:
    slug = documented[0][1].slug
    gravest = min((risk.severity for _, risk in documented), key=GRAVITY.index)
    keys = list(dict.fromkeys(entry.key for entry, _ in documented))
    sections: list[Section] = []
    for key in keys:
        items = [risk_item(risk, label="") for entry, risk in documented if entry.key == key]
        sections += parts.section(key, items)
    summary = f"A documented risk of {_joined(keys)}; at most {_article(gravest)}."
    cited = dict.fromkeys(source for _, risk in documented for source in risk.sources)
    sections += parts.sources_section(cited)
    return Page(f"{code} {slug}", "rule", summary, (*sections, *_related(code, keys)))


def _module_page(rule: Rule) -> Page:
    text = inspect.getdoc(sys.modules[rule.check.__module__]) or rule.summary
    first, _, rest = text.partition("\n\n")
    sections = (Section("Gravity", (Item(f"At most {_article(rule.severity)}."),), "text"), *sections_of(rest))
    return Page(
        f"{rule.code} {rule.slug}", "rule", " ".join(first.split()), (*sections, *_related(rule.code, rule.keys))
    )


def sections_of(text: str) -> tuple[Section, ...]:
    """Cut the text of a docstring into sections.

    A block that is indented is code, one of lines that begin with `- ` a list; a short first line that ends in a colon
    is the heading of what follows.
    """
    sections: list[Section] = []
    title = "What it says"
    for block in (part for part in text.split("\n\n") if part.strip()):
        lines = block.strip("\n").split("\n")
        if lines[0].endswith(":") and len(lines[0].split()) <= 4 and not lines[0].startswith(" "):
            title, lines = lines[0][:-1], lines[1:]
        if not lines:
            continue
        if all(line.startswith("    ") or not line for line in lines):
            sections.append(Section(title, (Item(textwrap.dedent("\n".join(lines))),), "code"))
        elif all(line.startswith(("- ", "  ")) for line in lines):
            items = " ".join(line.strip() if not line.startswith("- ") else f"\n{line[2:]}" for line in lines)
            sections.append(Section(title, tuple(Item(" ".join(i.split())) for i in items.split("\n") if i.strip())))
        else:
            sections.append(Section(title, (Item(" ".join(" ".join(lines).split())),), "text"))
    return _joined_sections(sections)


def _joined_sections(sections: list[Section]) -> tuple[Section, ...]:
    """Put neighbours of one title and form together."""
    merged: list[Section] = []
    for each in sections:
        if merged and merged[-1].title == each.title:
            if merged[-1].form == each.form:
                merged[-1] = Section(each.title, (*merged[-1].items, *each.items), each.form)
                continue
            each = Section("Example" if each.form == "code" else each.title, each.items, each.form)
        merged.append(each)
    return tuple(merged)


def _related(code: str, keys: tuple[str, ...] | list[str]) -> tuple[Section, ...]:
    return parts.see_section([*keys, *parts.mentioned_by(code), *parts.counters_of([code])])


def _joined(keys: list[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"


def _article(severity: Severity) -> str:
    return f"an {severity}" if severity == "error" else f"a {severity}"
