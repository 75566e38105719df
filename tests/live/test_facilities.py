"""What a profile's conditions ask of the running host: modules, the loader at boot, mounts that cannot be written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tcptune.live.host import boot_loader, module_loaded
from tcptune.live.procsys import on_read_only_mount
from tests.support.netns import fork_and_run
from tools.stage import MS_BIND, MS_RDONLY, MS_REMOUNT, mount, private_mounts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at the running Linux")

FIN = "net.ipv4.tcp_fin_timeout"


def test_a_module_is_loaded_when_the_kernel_lists_it_under_any_spelling() -> None:
    listed = next(path.name for path in sorted(Path("/sys/module").iterdir()) if "_" in path.name)
    assert module_loaded(listed)
    assert module_loaded(listed.replace("_", "-"))
    assert not module_loaded("none_of_that_name")


def test_the_loader_at_boot_is_systemds_where_systemd_runs() -> None:
    assert boot_loader() == ("systemd" if Path("/run/systemd/system").is_dir() else "procps")


@pytest.mark.root
def test_a_read_only_mount_is_seen_also_for_keys_that_are_not_there() -> None:
    def inside() -> list[bool]:
        private_mounts()
        before = on_read_only_mount(FIN)
        mount("", "/proc/sys/net", "/proc/sys/net", MS_BIND)
        mount("", "/proc/sys/net", flags=MS_BIND | MS_REMOUNT | MS_RDONLY)
        keys = (FIN, "net.ipv4.none_of_that_name", "net.none.of_that_name", "vm.swappiness", "no/../key")
        return [before, *map(on_read_only_mount, keys)]

    assert fork_and_run(inside) == [False, True, True, True, False, False]
