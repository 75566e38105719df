"""What an experiment is: a claim, how it is tried, what decides, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tcptune.lab.host import NotHere
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured
from tcptune.model.record import dataclass

__all__ = ["Experiment", "NotHere", "Ruling"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether the claim holds, and the sentence that says why, with what was measured."""

    holds: bool
    because: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """One claim and how it is tried.

    `source` says where the claim is made; `setup`, `measures` and `practice` are sentences for the page. `measure` does
    it and returns what was measured; `judge` decides from that alone. `twists` names the settings that can be broken on
    purpose, each with what it does instead; every one of them must change the ruling. `parameters`, `rules`, `topics`
    and `counters` are those that the claim is about; `answers` are claims of the catalogue that this tries as well,
    each as the name of its entry and its words there. `full` says what `--full` adds, `differs` what is otherwise on
    other kernels.
    """

    claim: str
    source: tuple[str, ...]
    setup: str
    measures: str
    practice: str
    measure: Callable[[Stage], Measured]
    judge: Callable[[Measured], Ruling]
    twists: Mapping[str, str]
    parameters: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    full: str = ""
    differs: str = ""
