"""Many faults: which there are, which are tried, and what became of them."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Sequence

from tcptune.errors import TcptuneError
from tools.faults.scenarios import Scenario
from tools.faults.traced import Fault, faults
from tools.faults.trial import Course, End, Trial, course, trial

_MODULES = (
    *("apply.engine", "apply.resume", "apply.rollback", "apply.confirm", "apply.arm", "cli.app", "cli.apply"),
    *("cli.confirm", "cli.rollback", "cli.history", "cli.wishes", "formats.apply_text", "formats.apply_json"),
)


def warm() -> None:
    """Import what every run needs, once, and write no bytecode: what is counted is what a change does."""
    sys.dont_write_bytecode = True
    for name in _MODULES:
        importlib.import_module(f"tcptune.{name}")


class Campaign:
    """The faults of some scenarios, at every call or one. Raises `TcptuneError` when one cannot even run untouched."""

    def __init__(self, scenarios: Sequence[Scenario], call: str | None = None) -> None:
        self.courses = {each.name: (each, course(each)) for each in scenarios}
        self.tried: list[tuple[str, Fault, Trial]] = []
        self._plan: list[tuple[Scenario, Course, Fault, End]] = []
        for scenario, known in self.courses.values():
            for fault in (each for each in faults(known.log) if call in (None, each.call)):
                self._plan.append((scenario, known, fault, "undo"))
                if fault.kind == "KILL" and scenario.finish != scenario.undo:
                    self._plan.append((scenario, known, fault, "finish"))

    @property
    def possible(self) -> int:
        """How many there are."""
        return len(self._plan)

    def run(self, count: int, chance: random.Random, tell: Callable[[str], None]) -> int:
        """Try `count` faults by chance, or with 0 all of them; return how many lost something."""
        chosen = self._plan if not 0 < count < len(self._plan) else chance.sample(self._plan, count)
        lost = 0
        for name in self.courses:
            mine = [each for each in chosen if each[0].name == name]
            missed = bad = 0
            for scenario, known, fault, end in mine:
                try:
                    done = trial(scenario, fault, known, end)
                except TcptuneError as error:
                    done = Trial(True, -1, (error.message,))
                if not done.hit:
                    missed += 1
                    continue
                self.tried.append((name, fault, done))
                if done.wrong:
                    bad += 1
                    tell(f"    LOST {name}: {fault}, {end}: {'; '.join(done.wrong)}")
            lost += bad
            tell(f"{name:28} {len(mine) - missed} faults, {missed} did not come, {bad} lost")
        return lost
