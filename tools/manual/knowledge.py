"""tcptune-rules(7) and tcptune-parameters(7): the pages of `tcptune explain`, all of them."""

from __future__ import annotations

from collections.abc import Iterable

from tcptune.catalog import FAMILIES, parameters
from tcptune.catalog.pages.parameter import parameter_page
from tcptune.catalog.targets import newest
from tcptune.model.page import Item, Page, Section
from tcptune.rules.pages import rule_names, rule_page
from tools.manual import roff, source

CLOSE = ("On Linux", "Values", "With others", "History", "Sources")
"""Sections whose entries are short: no empty lines between them."""


BESIDE = 12
"""Labels up to this length stand beside what they mean."""


def rules() -> list[str]:
    """Return tcptune-rules(7)."""
    lines = _head("tcptune-rules", "the rules of tcptune: what audit and lint say, and why")
    lines += [roff.heading("Rules")]
    for name in rule_names():
        lines += _page(rule_page(name.name))
    return [*lines, roff.heading("See also"), "\\fBtcptune\\-audit\\fR(1),\n\\fBtcptune\\-lint\\fR(1)"]


def described() -> list[str]:
    """Return tcptune-parameters(7)."""
    lines = _head("tcptune-parameters", "kernel parameters around TIME_WAIT, closing connections and ephemeral ports")
    known = parameters().values()
    for family in FAMILIES:
        full = [entry for entry in known if entry.family == family and entry.depth == "full"]
        if full:
            lines.append(roff.heading(family.replace("_", " ")))
        for entry in full:
            lines += _page(parameter_page(entry, newest()))
    lines += [roff.heading("Others"), *roff.paragraph("These are known with default, range and history too:")]
    for entry in known:
        if entry.depth != "full":
            lines += roff.tagged(f"\\fB{roff.escape(entry.key)}\\fR", roff.paragraph(entry.meaning))
    return [*lines, roff.heading("See also"), "\\fBtcptune\\-explain\\fR(1),\n\\fBtcp\\fR(7)"]


def _head(name: str, summary: str) -> list[str]:
    lines = [roff.title(name, 7, "Miscellaneous Information"), roff.heading("Name"), roff.escape(f"{name} - {summary}")]
    for heading, text in source.sections(name).items():
        lines += [roff.heading(heading), *roff.blocks(text)]
    return lines


def _page(page: Page) -> list[str]:
    lines = [roff.subheading(page.title), *roff.paragraph(page.summary)]
    for section in page.sections:
        lines += [".PP", f"\\fI{roff.escape(section.title)}\\fR", *_section(section)]
    return lines


def _section(section: Section) -> list[str]:
    longest = max(len(item.label) for item in section.items)
    indent = longest + 2 if longest <= BESIDE else None
    lines: list[str] = []
    for item in section.items:
        lines += _code(item) if section.form == "code" else _item(item, section.form, indent)
    if section.title.startswith(CLOSE):
        lines = [".PD 0", *lines, ".PD"]
    return [".RS 2", *lines, ".RE"]


def _code(item: Item) -> list[str]:
    return roff.example(item.text)


def _item(item: Item, form: str, indent: int | None) -> list[str]:
    # What a risk rests on stands among the sources of its rule; a claim's refutation has its own.
    said = [*roff.paragraph(item.text), *_sources(item.sources if form == "claims" else ())]
    if item.label:
        return roff.tagged(f"\\fB{roff.escape(item.label)}\\fR", said, indent)
    return [".IP \\(bu 2", *said] if form == "list" else [".PP", *said]


def _sources(sources: Iterable[str]) -> list[str]:
    return [roff.line(roff.escape(f"({'; '.join(sources)})"))] if sources else []
