"""Names as providers spell them: `net_core_somaxconn` of Terraform's, `netCoreSomaxconn` of Azure's."""

from __future__ import annotations

import re
from functools import cache

from tcptune.catalog.names import all_names

WORD = r"(?:net|vm|fs|kernel)(?:_\w+|[A-Z]\w+)"
"""What such a name looks like."""


def dotted_name(word: str) -> str:
    """Return the parameter that a provider's word means; one that no kernel has is divided by its words."""
    found = _names().get(word.replace("_", "").lower())
    if found is not None:
        return found
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+", word)]
    depth = 2 if parts[0] == "net" else 1
    return ".".join([*parts[:depth], "_".join(parts[depth:])]).rstrip(".")


@cache
def _names() -> dict[str, str]:
    names = sorted(all_names(), key=lambda name: "*" in name)
    told = [name.replace("*", word) for name in names for word in ("all", "default")]
    return {re.sub(r"[._-]", "", name).lower(): name for name in told}
