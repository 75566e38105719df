"""Pages of `tcptune explain` as text and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.formats.json_ import tool
from tcptune.formats.style import Style, visible
from tcptune.formats.text import paragraph
from tcptune.model.page import Item, Page, Section

if TYPE_CHECKING:
    from tcptune.model.documents import ExplainDocument

WIDEST = 100
LABEL = 14
"""Labels up to this length stand beside their text, longer ones above it."""


def document(page: Page) -> ExplainDocument:
    """Return a page as a document."""
    return {
        "schema": "tcptune/explain/1",
        "tool": tool(),
        "command": "explain",
        "title": page.title,
        "kind": page.kind,
        "summary": page.summary,
        "kernel": page.kernel,
        "value": page.value,
        "sections": [
            {
                "title": section.title,
                "form": section.form,
                "items": [
                    {"label": item.label or None, "text": item.text, "sources": list(item.sources)}
                    for item in section.items
                ],
            }
            for section in page.sections
        ],
    }


def text(page: Page, style: Style, width: int) -> str:
    """Return a page as text of at most `width` columns, and never more than 100."""
    width = min(width, WIDEST)
    lines = [style.bold(visible(page.title)), *paragraph(page.summary, width)]
    for section in page.sections:
        lines += ["", style.bold(visible(section.title)), *_section(section, style, width)]
    return "\n".join(lines) + "\n"


def markdown(page: Page) -> str:
    """Return a page as Markdown without its title, for a place that shows the title itself."""
    blocks = [page.summary]
    for section in page.sections:
        blocks.append(f"### {section.title}")
        if section.form == "code":
            blocks += [f"```\n{item.text}\n```" for item in section.items]
        elif section.form == "text":
            blocks += [item.text for item in section.items]
        else:
            blocks.append(
                "\n".join(
                    f"- **{item.label}** {item.text}" if item.label else f"- {item.text}" for item in section.items
                )
            )
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, style: Style, width: int) -> list[str]:
    if section.form == "facts":
        return _facts(section.items, style, width)
    lines: list[str] = []
    for number, item in enumerate(section.items):
        if section.form == "code":
            lines += [f"  {visible(line)}".rstrip() for line in item.text.split("\n")]
        elif section.form == "list":
            lines += paragraph(item.text, width, "    ", first="  - ")
        elif section.form == "text":
            lines += ([""] if number else []) + paragraph(item.text, width, "  ")
        else:
            lines += [""] if number else []
            lines += _claim(item, style, width)
    return lines


def _claim(item: Item, style: Style, width: int) -> list[str]:
    claim = paragraph(f'"{item.label.rstrip(".")}"', width, "   ", first="  ")
    lines = [style.yellow(line) for line in claim] + paragraph(item.text, width, "    ")
    for source in item.sources:
        lines += [style.dim(line) for line in paragraph(f"({source})", width, "     ", first="    ")]
    return lines


def _facts(items: tuple[Item, ...], style: Style, width: int) -> list[str]:
    short = [len(item.label) for item in items if len(item.label) <= LABEL]
    column = max(short, default=0) + 4
    lines: list[str] = []
    for item in items:
        body = paragraph(item.text, width, " " * column)
        label = visible(item.label)
        if len(item.label) <= LABEL:
            body[:1] = [f"  {style.cyan(label)}{' ' * (column - 2 - len(label))}{body[0].lstrip()}"] if body else []
        else:
            body.insert(0, f"  {style.cyan(label)}")
        lines += body
    return lines
