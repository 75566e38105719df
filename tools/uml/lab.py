"""The part that runs inside a guest: load what the lab's hosts need, run experiments, write the document.

`python -m tools.uml.lab MODULES_FOLDER RESULT_FILE NAME…`
"""

from __future__ import annotations

import sys
from pathlib import Path

from tcptune.__main__ import main as tcptune
from tcptune.errors import TcptuneError
from tools.uml.modules import load

MODULES = {"veth": b"", "nf_conntrack": b"enable_hooks=1", "nf_conntrack_netlink": b"", "nf_tables": b"", "nft_ct": b""}
"""With their parameters. Debian's user-mode kernels have nf_tables without IPv4: what switches tracking on elsewhere is
a rule, here it is on in every namespace from the start."""


def main() -> int:
    """Run the experiments; 0 when the document was written."""
    modules, result = Path(sys.argv[1]), sys.argv[2]
    try:
        for name, words in MODULES.items():
            load(name, modules, words)
    except TcptuneError as error:
        print(error.message)
        return 2
    return tcptune(["lab", "run", *sys.argv[3:], "--format", "json", "--output", result])


if __name__ == "__main__":
    sys.exit(main())
