"""Trees of files to lint: YAML, shell, conf, JSON and source code of some KiB, a part of them with settings."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

WORDS = [
    "server",
    "request",
    "handler",
    "timeout",
    "worker",
    "queue",
    "client",
    "update",
    "metric",
    "storage",
    "index",
    "cluster",
    "balance",
    "network",
    "address",
    "deploy",
    "image",
    "volume",
    "service",
    "policy",
    "filter",
    "record",
    "segment",
    "buffer",
    "socket",
    "backend",
    "cache",
    "token",
    "region",
]
SETTINGS = (
    ("net.ipv4.tcp_tw_reuse", 1),
    ("net.ipv4.tcp_fin_timeout", 15),
    ("net.core.somaxconn", 8192),
    ("net.ipv4.tcp_max_syn_backlog", 16384),
    ("net.ipv4.tcp_keepalive_time", 600),
    ("net.core.rmem_max", 16777216),
    ("net.core.wmem_max", 16777216),
    ("net.ipv4.tcp_timestamps", 1),
    ("net.core.netdev_max_backlog", 5000),
    ("vm.swappiness", 10),
)
EVERY = 50
"""One file in so many holds settings."""


def make(top: Path, count: int, *, seed: int = 1, kinds: tuple[str, ...] = ()) -> None:
    """Write `count` files of 1 to 8 KiB below `top`, a hundred in a folder; the same files for the same arguments."""
    dice = random.Random(seed)
    names = kinds or tuple(KINDS)
    for number in range(count):
        folder = top / f"part{number // 1000:03}" / f"unit{number // 100 % 10}"
        if number % 100 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        suffix = names[number % len(names)]
        rows = dice.randrange(30, 200)
        chosen = dice.sample(SETTINGS, 5) if number // len(names) % EVERY == 0 else []
        text = KINDS[suffix](dice, rows, chosen)
        (folder / f"file{number}{suffix}").write_text(text, "utf-8")


Chosen = list[tuple[str, int]]


def _yaml(dice: random.Random, rows: int, chosen: Chosen) -> str:
    lines = ["---"]
    for number in range(rows // 5):
        lines += [f"{dice.choice(WORDS)}_{number}:", f"  name: {dice.choice(WORDS)}", "  items:"]
        lines += [f"    - {dice.choice(WORDS)}", f"    - {dice.choice(WORDS)}: {dice.randrange(9999)}"]
    if chosen:
        lines += ["sysctl_settings:", *(f"  {key}: {value}" for key, value in chosen)]
    return "\n".join(lines) + "\n"


def _shell(dice: random.Random, rows: int, chosen: Chosen) -> str:
    lines = ["#!/bin/sh", "set -eu"]
    lines += [f'{dice.choice(WORDS)}_{n}="$(echo {dice.choice(WORDS)} | tr a-z A-Z)"' for n in range(rows)]
    return "\n".join([*lines, *(f"sysctl -w {key}={value}" for key, value in chosen)]) + "\n"


def _conf(dice: random.Random, rows: int, chosen: Chosen) -> str:
    if chosen:
        return "".join(f"# {dice.choice(WORDS)} {dice.choice(WORDS)}\n{key} = {value}\n" for key, value in chosen)
    return "".join(f"{dice.choice(WORDS)}.{dice.choice(WORDS)} = {dice.randrange(9999)}\n" for _ in range(rows))


def _json(dice: random.Random, rows: int, chosen: Chosen) -> str:
    items = [f'  "{dice.choice(WORDS)}{number}": {{"value": {dice.randrange(9999)}}}' for number in range(rows)]
    items += [f'  "{key}": {value}' for key, value in chosen]
    return "{\n" + ",\n".join(items) + "\n}\n"


def _code(dice: random.Random, rows: int, _chosen: Chosen) -> str:
    parts = (
        f"def {dice.choice(WORDS)}_{number}({dice.choice(WORDS)}):\n    return {dice.choice(WORDS)!r}\n\n"
        for number in range(rows)
    )
    return "".join(parts)


KINDS: dict[str, Callable[[random.Random, int, Chosen], str]] = {
    ".yaml": _yaml,
    ".sh": _shell,
    ".conf": _conf,
    ".json": _json,
    ".py": _code,
}
