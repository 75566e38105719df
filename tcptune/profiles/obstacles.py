"""What keeps a parameter from being what a profile wants: the reason, and the next step."""

from __future__ import annotations

from tcptune.model.diff import Action
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.record import dataclass
from tcptune.model.value import Value
from tcptune.model.version import Target
from tcptune.profiles.facts import Facts
from tcptune.profiles.resolve import Wanted

_ON_THE_HOST = "set it in the initial namespace, or let the profile say `when: {netns: initial}`"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is done about a parameter that is not as wanted, and why; `absent`: this kernel does not have it."""

    action: Action
    reason: str
    remedy: str = ""
    absent: bool = False


def as_kept(entry: Parameter, wanted: Value | None, target: Target, hz: int = 250) -> Value | None:
    """Return the value as the kernel keeps it, where it rounds numbers up; milliseconds are kept in whole ticks."""
    step = entry.accepted_on(target)
    if step is None or not isinstance(wanted, int):
        return wanted
    tick = 1000 // hz if step.handler == "ms_jiffies" and hz <= 1000 and 1000 % hz == 0 else None
    multiple = step.multiple or tick
    return -(-wanted // multiple) * multiple if multiple else wanted


def not_on_this_kernel(entry: Parameter, facts: Facts) -> str:
    """Say why a kernel does not have a parameter: it came later, or it is gone."""
    life, kernel = entry.lifetime, facts.target
    here = f"Linux {kernel.version} does not have it"
    if life.vendor_only:
        return f"{here}: only the kernels of {' and '.join(life.vendor_only)} do"
    if life.removed is not None and life.removed.holds(kernel):
        return f"{here}: it was removed in {life.removed.since}"
    return f"{here}: it came with {life.began.since}"


def unknown(entry: Parameter, item: Wanted, facts: Facts, *, running: bool, there: bool) -> Obstacle | None:
    """Return what is to be said of a parameter without a known value; None where it can be set all the same.

    `there` tells that it has one that could not be understood.
    """
    if running:
        if there or not entry.mode & 0o444:
            return Obstacle("blocked", "its value cannot be read here")
        return _absent(entry, facts)
    if there:
        return Obstacle("skip", "what it is set to is not known here")
    if item.default:
        return Obstacle("keep", item.why)
    if item.at_any_rate:
        return None
    return Obstacle("skip", "nothing sets it, and its default depends on the host's memory, which is not known here")


def _absent(entry: Parameter, facts: Facts) -> Obstacle:
    """Say why a parameter that the kernel's release should have is not there."""
    scope = entry.scope_on(facts.target)
    if facts.initial is False and scope is not None and scope.child == "absent":
        return Obstacle("blocked", "it belongs to the host: this network namespace does not have it", _ON_THE_HOST)
    module = entry.lifetime.module
    if module is not None and (facts.loaded is None or not facts.loaded(module)):
        remedy = f"`modprobe {module}`, and {module} in a file of /etc/modules-load.d for the next boot"
        return Obstacle("blocked", f"it is there only once the module {module} is loaded", remedy)
    option = f" ({entry.lifetime.option} is off)" if entry.lifetime.option else ""
    return Obstacle("skip", f"this kernel was built without it{option}", absent=True)


def to_setting(entry: Parameter, wanted: Value, facts: Facts, host: Host, *, locked: bool) -> Obstacle | None:
    """Return what keeps a value from being set; None when nothing does."""
    scope = entry.scope_on(facts.target)
    if facts.initial is False and scope is not None and scope.child == "read-only":
        return Obstacle("blocked", "it belongs to the host: this network namespace can only read it", _ON_THE_HOST)
    step = entry.accepted_on(facts.target)
    low, high = step.bounds(host.hz) if step is not None else (None, None)
    numbers = wanted if isinstance(wanted, tuple) else (wanted,) if isinstance(wanted, int) else ()
    if any((low is not None and number < low) or (high is not None and number > high) for number in numbers):
        span = f"{low} to {high}" if low is not None and high is not None else _one_end(low, high)
        return Obstacle("blocked", f"Linux {facts.target.version} refuses it: it takes {span}", "mend the profile")
    if locked:
        remedy = "set it from the host (--pid of a process in here), or give it to the container when it is started"
        return Obstacle("blocked", "/proc/sys is mounted read-only here, as container engines do", remedy)
    return None


def _one_end(low: int | None, high: int | None) -> str:
    return f"at least {low}" if high is None else f"at most {high}"
