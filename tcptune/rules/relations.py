"""What rules about two settings share: names, the other place, the words of a fix."""

from __future__ import annotations

from tcptune.catalog import parameter
from tcptune.model.finding import Related
from tcptune.model.history import RangeStep
from tcptune.model.setting import Setting
from tcptune.model.value import Value, show
from tcptune.rules.view import View

DEFAULTS = ("net.core.somaxconn", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_keepalive_time")
"""Parameters whose defaults a relation takes where nobody sets them."""


def short(key: str) -> str:
    """Return the last part of a key, as people call it."""
    return key.rpartition(".")[2]


def other(setting: Setting | None, message: str) -> tuple[Related, ...]:
    """Return the other place of a relation; a live value has none."""
    at = (setting.value_at or setting.key_at) if setting else None
    return (Related(at, message),) if at else ()


def to_set(view: View, key: str, value: Value) -> str:
    """Return how to set a value: a command on a running host, a line in a file."""
    text = show(value)
    if view.live:
        return f"sysctl -w {key}={text}" if text and " " not in text else f"sysctl -w {key}='{text}'"
    return f"`{key} = {text}`"


def refused(view: View, key: str) -> bool:
    """Tell whether no kernel of the view takes the value that is set here: then it relates to nothing."""
    setting, entry = view.settings.get(key), parameter(key)
    if setting is None or entry is None or not isinstance(setting.value, int):
        return False
    return not any(_takes(entry.accepted_on(target), setting.value) for target in view.targets)


def _takes(step: RangeStep | None, number: int) -> bool:
    low, high = (None, None) if step is None else step.bounds(_TICKS)
    return (low is None or number >= low) and (high is None or number <= high)


_TICKS = 1000
"""The tick rate whose bounds on times are the narrowest."""


def by_somebody(view: View, *keys: str) -> bool:
    """Tell whether every one of the keys has a value here, and somebody set at least one of them."""
    return all(view.value(key) is not None for key in keys) and any(view.touched(key) for key in keys)
