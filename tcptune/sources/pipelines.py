"""Pipelines in YAML: what the steps of a job run, as workflows of GitHub, Gitea and Forgejo write it."""

from __future__ import annotations

from tcptune.sources import shell
from tcptune.sources.yaml_nodes import Node
from tcptune.sources.yaml_walk import Around, Walk


class Pipelines:
    """Reads the scripts of steps; every job is a machine of its own."""

    def around(self, node: Node, around: Around) -> Around:
        """Give every job a group."""
        if around.path[-2:-1] == ("jobs",) and node.get("steps") is not None:
            return around.below("job", group=f"job {around.path[-1]}")
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the script of a step; one with an `if` may not run."""
        script = node.get("run")
        if script is None or script.kind != "scalar" or around.path[-1:] != ("steps",):
            return frozenset()
        if node.get("if") is not None:
            around = around.below("if", group=f"step{node.line}", facts=frozenset({"conditional"}))
        if "sysctl" in script.value or "/proc/sys/" in script.value:
            walk.embedded(script, shell.read, around)
        return frozenset({"run"})
