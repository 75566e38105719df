"""A few lines to judge before there is anything to judge: what is made at its first use is made once for all judges.

The process that stands by does so while it waits, and those that are forked from it have it all from the beginning:
the bounds and defaults of usual parameters by kernel, the patterns of the usual formats, what comments claim.
"""

from __future__ import annotations

from collections.abc import Iterator

_CONF = (
    "# reuse\nnet.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_timestamps = 1\n",
    "# default 60\nnet.ipv4.tcp_fin_timeout = 15\nnet.ipv4.tcp_max_tw_buckets = 262144\n",
    "# SYN\nnet.ipv4.tcp_max_syn_backlog = 16384\nnet.core.somaxconn = 4096\nnet.ipv4.tcp_syncookies = 1\n",
    "# ports\nnet.ipv4.ip_local_port_range = 1024 65535\nnet.core.rmem_max = 16777216\n",
    "# idle\nnet.ipv4.tcp_keepalive_time = 600\nnet.core.netdev_max_backlog = 5000\nvm.swappiness = 10\n",
)
FILES = (
    *(("practice.conf", text) for text in _CONF),
    ("practice.yaml", "---\nsettings: # all\n  net.core.somaxconn: 4096\n  list:\n    - name: a\n"),
    ("practice.json", '{\n  "net.core.somaxconn": 4096,\n  "list1": [{"name": "a"}]\n}\n'),
    (
        "practice.sh",
        (
            '#!/bin/sh\nset -eu\nname="$(uname -r | cut -c 1-3)"\nif [ -f /etc/sysctl.conf ]; then\n'
            "  sysctl -w net.core.somaxconn=4096\nfi\necho 1 > /proc/sys/net/ipv4/tcp_tw_reuse\n"
        ),
    ),
)
"""The lines, by the names of files that hold such."""

_left = [*FILES]
"""Those that this process has not judged yet."""


def steps() -> Iterator[None]:
    """Judge the lines that were not judged yet, in steps of some milliseconds."""
    from tcptune.lint.check import Options, check
    from tcptune.lint.kernels import targets
    from tcptune.lint.look import Share
    from tcptune.rules.registry import rules

    options = Options(targets(()), rules())
    while _left:
        name, text = _left.pop(0)
        check([(name, text.encode(), True)], options, Share())
        yield
