"""What people ask about and what is no parameter: socket options, closing states, errors, concepts.

Each module is a list of literals; `topic` is the way in.
"""

from __future__ import annotations

from functools import cache

from tcptune.catalog.topics import concepts, errors, socket_options, states
from tcptune.model.parameter import Topic

TOPICS: tuple[Topic, ...] = (*socket_options.TOPICS, *states.TOPICS, *errors.TOPICS, *concepts.TOPICS)


@cache
def _by_name() -> dict[str, Topic]:
    names = {entry.name.lower(): entry for entry in TOPICS}
    for entry in TOPICS:
        for alias in entry.aliases:
            names.setdefault(alias.lower(), entry)
    return names


def topic(name: str) -> Topic | None:
    """Return the topic of that name or alias, in any case; None when there is none."""
    return _by_name().get(name.lower())
