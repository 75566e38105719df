"""Where profiles are: the administrator's, a user's own, the shipped ones; never the working directory."""

from __future__ import annotations

import os
from pathlib import Path

from tcptune.errors import TcptuneError

SYSTEM = "/etc/tcptune/profiles"
ENDINGS = (".yaml", ".yml")


def shipped_folder() -> Path:
    """Return the folder of the shipped profiles: in the package, or in the source tree beside it."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_profiles"
    return installed if installed.is_dir() else package.parent / "profiles"


def folders() -> list[Path]:
    """Return the folders where a bare name is looked up, the first that has it wins; root has no folder of its own."""
    found = [Path(SYSTEM), shipped_folder()]
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        home = os.path.expanduser("~")  # noqa: PTH111 (pathlib raises where there is no home)
        if Path(home).is_absolute():  # a relative one would be the working directory
            found.insert(0, Path(home, ".config", "tcptune", "profiles"))
    return found


def listed() -> dict[str, Path]:
    """Return every profile that a bare name finds, by name, sorted."""
    found: dict[str, Path] = {}
    for folder in folders():
        try:
            files = sorted(folder.iterdir())
        except OSError:
            continue
        for path in files:
            if path.suffix in ENDINGS and not path.name.startswith("."):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def locate(name: str, beside: str | None = None) -> str:
    """Return the path of a profile: with a `/` the argument is one (relative to `beside`), else a name is looked up.

    Raises `TcptuneError` with the nearest name when there is none.
    """
    if not name.isprintable():
        raise TcptuneError(f"{name!r} is no name and no path of a profile")
    if "/" in name or os.sep in name:
        return str(Path(beside).parent / name) if beside is not None else name
    found = listed()
    if name in found:
        return str(found[name])
    raise TcptuneError(f"there is no profile {name!r}", hint=_hint(name, list(found)))


def _hint(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    if name.endswith(ENDINGS):
        return f"a path has a slash: ./{name}"
    near = get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "`tcptune profile list` lists them; a path has a slash: ./" + name
