"""One experiment, run once in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tcptune.lab.experiment import Experiment, NotHere
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured, Trial, Verdict
from tcptune.model.version import Target


def run(
    name: str,
    experiment: Experiment,
    target: Target,
    settings: Mapping[str, str],
    twist: str | None,
    under: str | None,
    *,
    full: bool,
) -> Trial:
    """Run an experiment in this process and return what came of it."""
    began = time.monotonic()
    stage = Stage(target, settings, twist, full=full)
    measured: Measured = {}
    try:
        measured = experiment.measure(stage)
        ruling = experiment.judge(measured)
        verdict: Verdict = "holds" if ruling.holds else "refuted"
        because = ruling.because
    except NotHere as why:
        verdict, because = "not-here", str(why)
    finally:
        stage.close()
    return Trial(
        name,
        experiment.claim,
        experiment.source,
        verdict,
        because,
        measured,
        tuple(stage.recorder.segments),
        tuple(stage.recorder.notes),
        tuple(stage.recorder.frames),
        round(time.monotonic() - began, 3),
        dict(settings),
        under,
        experiment.practice,
        experiment.setup,
        experiment.measures,
        experiment.differs,
    )
