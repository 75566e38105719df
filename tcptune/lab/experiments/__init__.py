"""The experiments: one file each, found by its name (`linger_zero.py` is `linger-zero`).

Recipe for a new one:

1. Take a claim that can be refuted, and say where it is made (`source`): a standard, a book, the kernel's own text.
2. `measure(stage)` sets the scene and returns figures by name. `stage.pair()` gives client, server and the wire between
   them; `stage.loopback()` one host where loopback is the point. `host.set(key, value)` sets a parameter,
   `stage.connect(client, server)` makes a connection (`.client`, `.server`, `.states()`, `.client_entry()`), and
   `tcptune.lab.flows` and `.endpoints` know the usual courses: filled buffers, closing in order, reading to the end.
   `wire.drop`, `.hold`, `.copy`, `.release` and `.inject` decide what becomes of single segments. `stage.note(text)`
   writes a line into the ladder.
3. Wait for a state with `stage.until(condition)`, for silence with `stage.quiet()`, never for a time; how long a state
   will last is told by the kernel's timer (`entry.timer`, `entry.expires_ms`). Do not count segments that a busy
   machine sends twice: ask whether there were any.
4. `judge(found)` decides from the figures alone and says in a sentence what was seen.
5. `raise NotHere("…")` where this kernel lacks what the claim is about; `host.set` does so for parameters.
6. Name at least one `twist`: a setting that is broken on purpose, asked for with `stage.twisted(name)`. A test runs
   each of them and sees the verdict change. Claims that are refuted on Linux stand in that test's `EXPECTED`.

`python -m tcptune lab run NAME -v` shows the ladder while you write it.
"""

from __future__ import annotations

from pathlib import Path


def names() -> tuple[str, ...]:
    """Return the names of all experiments, sorted; none of them is imported."""
    return tuple(sorted(path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[a-z]*.py")))
