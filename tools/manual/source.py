"""The texts in man/text: what a program cannot know of itself, by page and section."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "man" / "text"


def sections(page: str) -> dict[str, str]:
    """Return the sections of a page's text by heading, in order; empty when it has none.

    A heading is a line that begins with `# `; paragraphs, lists and indented examples stand below it.
    """
    path = FOLDER / f"{page}.txt"
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    title = ""
    for row in path.read_text("utf-8").split("\n"):
        if row.startswith("# "):
            title = row[2:].strip()
            found[title] = []
        elif title:
            found[title].append(row)
        elif row.strip():
            raise ValueError(f"{path}: text before the first heading")
    return {title: "\n".join(rows).strip("\n") for title, rows in found.items()}


def examples(page: str) -> list[str]:
    """Return the commands of a page's section EXAMPLES: each indented line, continued ones joined."""
    commands: list[str] = []
    for row in sections(page).get("EXAMPLES", "").split("\n"):
        if row.startswith("    "):
            if commands and commands[-1].endswith("\\"):
                commands[-1] = commands[-1][:-1] + row.strip()
            else:
                commands.append(row.strip())
    return commands
