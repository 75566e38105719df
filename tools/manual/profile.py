"""tcptune-profile(5): the format of profiles, from its model, and the shipped ones."""

from __future__ import annotations

from pydantic import BaseModel

from tcptune.model.profile import Accept, Profile, When, Wish
from tcptune.profiles import find
from tcptune.profiles.load import load
from tools.manual import roff, source

_MODELS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", Profile),
    ("A setting", Wish),
    ("when", When),
    ("accept", Accept),
)


def page() -> list[str]:
    """Return tcptune-profile(5)."""
    texts = source.sections("tcptune-profile.5")
    lines = [roff.title("tcptune-profile", 5, "File Formats"), roff.heading("Name")]
    lines.append(roff.escape("tcptune-profile - what a host of one role should have, and why"))
    for heading in ("EXAMPLES", "DESCRIPTION", "MERGING"):
        lines += [roff.heading(heading), *roff.blocks(texts[heading])]
    lines.append(roff.heading("Fields"))
    for title, model in _MODELS:
        lines += [roff.subheading(title), *_fields(model)]
    lines += [roff.heading("Shipped profiles"), *_shipped()]
    return [*lines, roff.heading("See also"), ",\n".join(_reference(each) for each in texts["SEE ALSO"].split())]


def _fields(model: type[BaseModel]) -> list[str]:
    lines: list[str] = []
    for name, field in model.model_fields.items():
        tag = f"\\fB{roff.escape(field.alias or name)}\\fR"
        lines += roff.tagged(tag, roff.paragraph(field.description or ""))
    return lines


def _shipped() -> list[str]:
    lines: list[str] = []
    for path in sorted(find.shipped_folder().glob("*.yaml")):
        profile = load(str(path)).last.profile
        lines += roff.tagged(f"\\fB{roff.escape(profile.name)}\\fR", roff.paragraph(profile.summary))
    return lines


def _reference(name: str) -> str:
    return f"\\fB{roff.escape(name[:-3])}\\fR({name[-2]})"
