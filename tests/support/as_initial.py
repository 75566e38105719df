"""The program, taking the namespace it is started in for the host's own: only on a stage of `tests.support.change`."""

from __future__ import annotations

import sys
from unittest import mock

import tcptune.apply.target
from tcptune.__main__ import main

if __name__ == "__main__":
    with mock.patch.object(tcptune.apply.target, "in_initial_namespace", lambda: True):
        sys.exit(main())
