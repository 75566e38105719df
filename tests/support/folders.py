"""Folders of drop-ins that a minimal system does not have, given to a mount namespace of a test's own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.stage import foreign_mounts

NEEDED = ("/etc/sysctl.d", "/etc/modules-load.d", "/usr/lib/sysctl.d")
"""What the tests bind something over; Debian's minimal base has none of them."""

SCRIPT = f"""for place in {" ".join(NEEDED)}; do
    [ ! -d $place ] || continue
    mount -t tmpfs none /mnt
    mkdir /mnt/upper /mnt/work
    mount -t overlay -o lowerdir=${{place%/*}},upperdir=/mnt/upper,workdir=/mnt/work none ${{place%/*}}
    mkdir -m 0755 $place
    umount -l /mnt
done"""
"""Lays an overlay over the folder above each that is missing, and makes it there; for sh, in private mounts."""


def complete() -> None:
    """Make the folders that are missing; only once this process has a mount namespace of its own."""
    assert foreign_mounts(), "the machine's own mounts would be changed"
    if not all(Path(place).is_dir() for place in NEEDED):
        subprocess.run(["sh", "-ec", SCRIPT], check=True, timeout=20)
