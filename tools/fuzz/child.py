"""One target under atheris: a process that ends at the first input that fails, or when its time is over."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tcptune import sources

READERS = ["tcptune.sources", "tcptune.lint", "tcptune.rules.written", "tcptune.profiles", "tcptune.render"]
"""What the fuzzer watches."""


def main() -> None:
    """Fuzz the target that is named first; the other arguments are libFuzzer's."""
    atheris: Any = import_module("atheris")  # It has no types.
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=READERS):
        for module in iter_modules(sources.__path__, "tcptune.sources."):
            import_module(module.name)
        from tools.fuzz.targets import TARGETS
        from tools.fuzz.trial import trial

    target = TARGETS[name]
    atheris.Setup(sys.argv, lambda data: trial(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
