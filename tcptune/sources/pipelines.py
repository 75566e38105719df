"""Pipelines in YAML: what the jobs of a workflow run, as GitHub, GitLab, Azure, CircleCI, Drone and others say it.

Every job is a machine of its own.
"""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.sources import shell
from tcptune.sources.yaml_nodes import Node, meant
from tcptune.sources.yaml_walk import Around, Walk, is_key

_STEPS = ("run", "script", "bash", "command", "commands", "inline")
"""What a step says that it runs."""

_JOBS = (
    *("before_script", "script", "after_script", "before_install", "install", "commands", "cmds", "cmd", "inline"),
    *("set", "preBootstrapCommands", "overrideBootstrapCommand", "runCommand"),
)
"""What jobs of GitLab, Travis, Bitbucket, Drone and Woodpecker, Task's tasks, Packer's provisioners, the knobs of
A-Tune, eksctl's nodes and documents of AWS say they run."""

_NAMED = (("commands",), ("container_commands",))
"""The mappings of Elastic Beanstalk and CloudFormation from a command's name to the command."""

_RUNNERS = {"Taskfile": "tasks", "taskfile": "tasks", "package": "scripts"}
"""The files of tools that run commands by name, and the mapping in which a command, or a list of them, stands alone."""

_MOST = 1_000
"""Commands of a job, and of a list within its list, that are looked at."""

_OPTIONS = ("options", "runArgs", "containerOptions")
_FLAG = late(r"--sysctl(?:[= ]\s*|$)")
_PAIR = late(r"""["']?(?P<key>[A-Za-z][\w./-]*)=(?P<value>[^\s"']+)""")
_NO_STEP = ("hosts", "become", "register", "image_pull_policy", "imagePullPolicy", "securityContext")


class Pipelines:
    """Reads the scripts of steps and jobs, and the flags that a job's container is started with."""

    def around(self, node: Node, around: Around) -> Around:
        """Give every job a group."""
        if around.path[-2:-1] == ("jobs",) and node.get("steps") is not None:
            return around.below("job", group=f"job {around.path[-1]}")
        if around.path and node.get("script", "before_script", "after_script") is not None:
            return around.below("job", group=f"job {around.path[-1]}")
        return around

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Take the scripts of a step or job, and the flags of a container; one with an `if` may not run."""
        self._flags(node, around, walk)
        step = around.path[-1:] == ("steps",) or around.path[-2:] == ("steps", "run") or around.path[-2:-1] in _NAMED
        lines = node.get("lines")
        for line in lines.items if lines is not None else ():
            if line.kind == "scalar" and line.value.startswith("set system sysctl "):  # VyOS
                walk.embedded(line, shell.read, around)
        self._alone(node, around, walk)
        names = _STEPS if step else _JOBS
        if node.get(*names) is None or node.get(*_NO_STEP) is not None:
            return frozenset()
        if node.get("if") is not None:
            around = around.below("if", group=f"step{node.line}", facts=frozenset({"conditional"}))
        done = set()
        for name in names:
            script = node.get(name)
            parts = _parts(script) if script is not None else []
            for part in parts:
                if part.kind == "scalar" and ("sysctl" in part.value or "/proc/sys/" in part.value):
                    if id(part) not in walk.seen:
                        walk.embedded(part, shell.read, around)
                    done |= {name} if all(one.kind == "scalar" for one in parts) else set()
        return frozenset(done)

    def _alone(self, node: Node, around: Around, walk: Walk) -> None:
        """Take the commands of a task that has nothing else."""
        if len(around.path) != 1 or _RUNNERS.get(walk.text.name.partition(".")[0]) != around.path[0]:
            return
        for key, value in node.pairs:
            for part in value.items or [value]:
                if part.kind == "scalar" and ("sysctl" in part.value or "/proc/sys/" in part.value):
                    walk.embedded(part, shell.read, around.below(key.value, group=f"job {key.value}"))

    def _flags(self, node: Node, around: Around, walk: Walk) -> None:
        """Take `--sysctl key=value`, in one text or in a list of words."""
        flags = node.get(*_OPTIONS)
        words = list(flags.items) or [flags] if flags is not None else []
        inner = around.below("container", group=f"container{node.line}", facts=frozenset({"container"}))
        awaited = False
        for word in words:
            if word.kind != "scalar":
                continue
            found = list(_FLAG.finditer(word.value))
            for start in [0] * awaited + [match.end() for match in found]:
                pair = _PAIR.match(word.value, start)
                if pair is not None and is_key(pair["key"]):
                    key_at = walk.place(word, pair.start("key"), len(pair["key"]))
                    value_at = walk.place(word, pair.start("value"), len(pair["value"]))
                    walk.put(pair["key"], pair["value"], key_at, value_at, inner, kind="pipeline", line=word.line)
            awaited = bool(found) and found[-1].end() == len(word.value)


def _parts(script: Node) -> list[Node]:
    """Return the commands of a job: one text, a list of them, lists within it, and what anchors stand for."""
    whole = meant(script)
    if whole is None or not whole.items:
        return [script]
    parts: list[Node] = []
    for item in whole.items[:_MOST]:
        inner = meant(item)
        parts += inner.items[:_MOST] if inner is not None and inner.kind == "list" else [item]
    return parts
