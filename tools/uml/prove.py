"""The part that runs inside a guest: load the modules that bring parameters, compare, write the report as JSON.

`python -m tools.uml.prove MODULES_FOLDER RESULT_FILE`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tcptune.audit.verify import verify
from tcptune.catalog import parameters
from tcptune.errors import TcptuneError
from tools.uml.modules import load

MODULES = ("ipv6", "nf_conntrack")


def main() -> int:
    """Compare everything with the guest's kernel; 0 when a report was written."""
    modules, result = (Path(word) for word in sys.argv[1:3])
    try:
        for name in MODULES:
            load(name, modules)
        report = verify(parameters().values(), disposable=True)
    except TcptuneError as error:
        print(error.message)
        return 2
    result.write_text(json.dumps(report.as_json()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
