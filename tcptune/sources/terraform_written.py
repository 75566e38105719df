"""Terraform's code that a here-document of Terragrunt holds and writes into a file of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location
from tcptune.sources.base import Reading, Text

_CODE = late(
    r"^[ \t]*(?:terraform|locals|provider|resource|data|variable|module|output)(?:[ \t]+\"[^\"\n]{1,99}\"){0,2}[ \t]*\{"
    r"|^[ \t]*\w+[ \t]+=[ \t]+\[[ \t]*$",
    re.MULTILINE,
)
"""How blocks and lists of Terraform begin."""


class _Written(Text):
    """Such code, whose own here-documents are no further files: nothing is read without an end."""

    __slots__ = ()


def reads(part: Text, around: Text) -> bool:
    """Tell whether a here-document of a text around it is Terraform's code, each line of it one of the file."""
    if not part.path.endswith((".hcl", ".tf")) or isinstance(around, _Written) or not part.origin:
        return False
    first = part.origin[0][0]
    lines = all(number == first + at for at, (number, _, _) in enumerate(part.origin))
    return lines and not part.pieces and _CODE.search(part.text) is not None


def read(part: Text) -> Reading:
    """Read the code as a file, which is apart from the one around it, and return what it says in its true places."""
    from tcptune.sources import resources

    origin = part.origin or [(1, 0, 0)]
    rows = [" " * shift + row for (_, shift, _), row in zip(origin, part.lines, strict=True)]
    found = resources.read(_Written(part.path, "\n".join(rows)))
    down = origin[0][0] - 1

    def placed(at: Location) -> Location:
        return replace(at, line=at.line + down, end_line=None if at.end_line is None else at.end_line + down)

    found.settings = [
        replace(
            one,
            key_at=placed(one.key_at) if one.key_at is not None else None,
            value_at=placed(one.value_at) if one.value_at is not None else None,
            group=(f"code{down}", *one.group),
        )
        for one in found.settings
    ]
    found.comments = [replace(one, at=placed(one.at)) for one in found.comments]
    # Whether it is complete only Terragrunt can say, which fills it in.
    found.problems = [replace(one, at=placed(one.at)) for one in found.problems if one.rule != "TT007"]
    return found
