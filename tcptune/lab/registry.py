"""All experiments, found by their files: `linger_zero.py` is `linger-zero`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tcptune.errors import TcptuneError
from tcptune.lab.experiment import Experiment
from tcptune.lab.experiments import names


@cache
def experiments() -> dict[str, Experiment]:
    """Return every experiment under its name, sorted. A module has one, named `EXPERIMENT`."""
    return {name: import_module(f"tcptune.lab.experiments.{name.replace('-', '_')}").EXPERIMENT for name in names()}


def chosen(names: list[str]) -> dict[str, Experiment]:
    """Return the experiments of these names, `all` for every one. Raises `TcptuneError` for a name that is none."""
    known = experiments()
    for name in names:
        if name not in known and name != "all":
            raise TcptuneError(f"there is no experiment {name!r}", hint=_near(name, list(known)))
    return known if "all" in names else {name: known[name] for name in names}


def _near(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else "`tcptune lab list` lists them"
