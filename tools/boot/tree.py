"""The tree that the machines are copies of: Debian with systemd, Python, the kernel's modules, tcptune's packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tools.uml.packages import PROJECT, Unavailable, archive, cache, locked, own_suite, unpacked
from tools.uml.programs import SUITES, kernel_path

SUITE = "bookworm"
SERIES = {suite: series for series, suite in SUITES.items()}
"""Suite → the series of its own kernel."""

PACKAGES = ("systemd", "systemd-sysv", "udev", "procps", "kmod", "dbus", "iproute2", "python3")
MODULES = ("net", "lib", "drivers/net")
"""The folders of the kernel's modules that are taken along."""

NOT_NEEDED = (
    *("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/zoneinfo"),
    *("var/lib/apt/lists", "var/cache/apt", "usr/share/perl5", "usr/share/lintian", "usr/share/bash-completion"),
)
MASKED = (
    *("getty@.service", "serial-getty@.service", "console-getty.service", "apt-daily.timer", "apt-daily-upgrade.timer"),
    *("dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer", "systemd-firstboot.service", "e2scrub_reap.service"),
    *("systemd-logind.service", "systemd-journal-flush.service", "systemd-update-utmp.service"),
    "systemd-update-utmp-runlevel.service",
)
PLACE = "/opt/tcptune"
"""Where tcptune (`source`), its packages (`packages`) and what a boot is to do (`run`) stand in a machine."""

OLDEST_PYTHON = (3, 11)

SECONDS = 900

UNIT = f"""[Unit]
Description=What this boot is for
After=systemd-sysctl.service systemd-modules-load.service dbus.service

[Service]
Type=exec
ExecStart=/bin/sh {PLACE}/run/boot
StandardOutput=file:{PLACE}/run/output
StandardError=inherit
"""

BOOT = f"""PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH RESULT={PLACE}/run/result PYTHONPATH={PLACE}/source:{PLACE}/packages PYTHONDONTWRITEBYTECODE=1
sh {PLACE}/run/script
echo $? > {PLACE}/run/status
sync
halt -f
"""


def base(suite: str = SUITE) -> Path:
    """Return a suite's tree, made on the first call. Raises `Unavailable` without root, apt or the archive."""
    place = cache() / "boot" / suite
    with locked(f"boot-{suite}"):
        if not (place / "made").exists():
            shutil.rmtree(place, ignore_errors=True)
            (place / "tree").mkdir(parents=True)
            _bootstrap(suite, place / "tree")
            _shrink(place / "tree")
            _modules(suite, place / "tree")
            _packages(place / "tree")
            _units(place / "tree")
            (place / "made").touch()
    return place / "tree"


def _bootstrap(suite: str, tree: Path) -> None:
    home = unpacked(own_suite(), "debootstrap")
    command = [
        *("unshare", "--mount", "--propagation", "private", str(home / "usr/sbin/debootstrap")),
        *("--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(tree), archive()),
    ]
    _run(command, "debootstrap", {"DEBOOTSTRAP_DIR": str(home / "usr/share/debootstrap")})


def _shrink(tree: Path) -> None:
    for name in NOT_NEEDED:
        shutil.rmtree(tree / name, ignore_errors=True)


def _modules(suite: str, tree: Path) -> None:
    source = next((kernel_path(SERIES[suite]).parents[1] / "lib/uml/modules").iterdir())
    target = tree / "lib/modules" / source.name
    target.mkdir(parents=True)
    for name in MODULES:
        shutil.copytree(source / "kernel" / name, target / "kernel" / name)
    for path in source.glob("modules.*"):
        if path.name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
            shutil.copy2(path, target)
    _run(["chroot", str(tree), "depmod", source.name], "depmod")


def _packages(tree: Path) -> None:
    """Install what tcptune needs for the tree's own Python, where that is new enough."""
    version = _python(tree)
    if tuple(map(int, version.split("."))) < OLDEST_PYTHON:
        return
    needed = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--only-binary=:all:", "--python-version", version, "--target", str(tree / PLACE[1:] / "packages"), *needed),
    ]
    _run(command, "pip")


def _python(tree: Path) -> str:
    return next((tree / "usr/lib").glob("python3.*")).name.removeprefix("python")


def runs_tcptune(suite: str) -> bool:
    """Tell whether a suite's own Python is new enough for tcptune to run inside of its machine."""
    return (base(suite) / PLACE[1:] / "packages").exists()


def _units(tree: Path) -> None:
    units = tree / "etc/systemd/system"
    (units / "tcptune-boot.service").write_text(UNIT, "utf-8")
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    (units / "multi-user.target.wants/tcptune-boot.service").symlink_to("../tcptune-boot.service")
    for name in MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")
    (tree / "etc/hostname").write_text("machine\n", "utf-8")
    (tree / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n", "utf-8")
    (tree / "etc/fstab").write_text("", "utf-8")
    (tree / PLACE[1:] / "run").mkdir(parents=True, exist_ok=True)
    (tree / PLACE[1:] / "run/boot").write_text(BOOT, "utf-8")


def _run(command: list[str], name: str, environment: dict[str, str] | None = None) -> None:
    """Run a tool; a failure is one line with the tool's own last words."""
    import os

    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{name}: {error}") from None
    if done.returncode:
        said = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
        raise Unavailable(f"{name} failed: {said[-1] if said else done.returncode}")
