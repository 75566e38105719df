"""What a profile is compared with: a running host, files, something saved, or another profile."""

from __future__ import annotations

from tcptune.model.record import dataclass
from tcptune.profiles.policy import Policy


@dataclass(frozen=True, slots=True)
class Where:
    """What to compare with; by default the network namespace that this process is in.

    `netns`, `pid` and `all_netns` say where else on this host. `root` is a folder whose files count, `snapshot` the
    path of a saved audit or the collector's output, `against` another profile; `kernel` names the kernel that `root`
    or `against` is for.
    """

    netns: str | None = None
    pid: int | None = None
    all_netns: bool = False
    root: str | None = None
    snapshot: str | None = None
    against: Policy | None = None
    kernel: str | None = None
