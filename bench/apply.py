"""What `tcptune apply` costs: 40 parameters written, read back and kept, beside `tcptune diff` and Ansible's own loop.

    python bench/apply.py [--runs N]

In a network and a mount namespace of its own; runs take turns, and the medians are compared: wall time of whole
processes. Ansible's is a play whose task loops over the same parameters with `ansible.posix.sysctl`, which writes,
reads back and keeps each; it is left out where that collection is not found.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.run import TCPTUNE, Run, run
from tools.faults.stage import on_stage
from tools.stage import live

MOST_OF_DIFF, LEAST_OF_ANSIBLE = 1.5, 20.0
MANY = 40


def parameters() -> dict[str, int]:
    """Return parameters that take one more than they hold, with that."""
    from tcptune.catalog import parameter

    found: dict[str, int] = {}
    for path in sorted(Path("/proc/sys/net/ipv4").glob("[it]*")):
        key = f"net.ipv4.{path.name}"
        if parameter(key) is None or not path.stat().st_mode & 0o222 or not live(key).isdecimal():
            continue
        before = live(key)
        try:
            path.write_text(f"{int(before) + 1}\n")
            if live(key) == str(int(before) + 1):
                found[key] = int(before) + 1
            path.write_text(before)
        except OSError:
            continue
        if len(found) == MANY:
            break
    return found


def play(values: dict[str, int], folder: Path) -> list[str]:
    """Return the command that does the same with Ansible; empty where its collection is missing."""
    ansible = Path(sys.executable).with_name("ansible-playbook")
    listed = subprocess.run(
        [ansible.with_name("ansible-galaxy"), "collection", "list", "ansible.posix"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if listed.returncode or "ansible.posix" not in listed.stdout:
        return []
    task = {
        "ansible.posix.sysctl": {
            "name": "{{ item.key }}", "value": "{{ item.value }}", "sysctl_set": True, "reload": False,
            "sysctl_file": "/etc/sysctl.d/90-ansible.conf",
        },
        "loop": [{"key": key, "value": str(value)} for key, value in values.items()],
    }  # fmt: skip
    path = folder / "play.json"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    return [
        str(ansible),
        "-i",
        "localhost,",
        "-c",
        "local",
        "-e",
        f"ansible_python_interpreter={sys.executable}",
        str(path),
    ]


def measure(runs: int) -> dict[str, list[Run]]:
    """Take the times, in turns."""
    found: dict[str, list[Run]] = {"diff": [], "apply": [], "ansible": []}
    os.environ |= {"HOME": "/run", "ANSIBLE_LOCAL_TEMP": "/run/ansible", "ANSIBLE_REMOTE_TEMP": "/run/ansible"}
    os.chdir("/")
    with tempfile.TemporaryDirectory(dir="/run") as name:
        values = parameters()
        profile = Path(name, "forty.yaml")
        lines = "".join(f"  {key}: {value}\n" for key, value in values.items())
        profile.write_text(f"schema: tcptune/profile/1\nname: forty\nsummary: forty\nsettings:\n{lines}")
        apply = [TCPTUNE, "apply", str(profile), "--file", "/etc/sysctl.d/80-tcptune.conf", "--allow", "TT"]
        for number in range(runs + 1):
            pair = run([TCPTUNE, "diff", str(profile)]), run(apply)
            _see(values)
            run([TCPTUNE, "rollback"])
            if number:
                found["diff"].append(pair[0])
                found["apply"].append(pair[1])
        if command := play(values, Path(name)):
            found["ansible"].append(run(command))
            _see(values)
    return found


def _see(values: dict[str, int]) -> None:
    if any(live(key) != str(value) for key, value in values.items()):
        raise SystemExit("it was not made so: nothing was measured")


def main() -> int:
    """Print the times and their ratios; the status is 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="python bench/apply.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=11, help="how many of each (11)")
    runs = parser.parse_args().runs
    found = on_stage(lambda: measure(runs), seconds=600)
    pairs = list(zip(found["apply"], found["diff"], strict=True))
    wall, processor = (statistics.median(ratio) for ratio in zip(*(_ratios(*pair) for pair in pairs), strict=True))
    middle = statistics.median(each.wall for each in found["apply"])
    print(f"tcptune apply, {MANY} parameters: {middle * 1000:.0f} ms; of tcptune diff: wall {wall:.2f}, processor "
          f"{processor:.2f} (at most {MOST_OF_DIFF})")  # fmt: skip
    good = wall <= MOST_OF_DIFF
    for peer in found["ansible"]:
        times = peer.wall / middle, peer.processor / statistics.median(each.processor for each in found["apply"])
        print(f"ansible.posix.sysctl in a loop: {peer.wall * 1000:.0f} ms; of tcptune apply: wall {times[0]:.0f}, "
              f"processor {times[1]:.0f} (at least {LEAST_OF_ANSIBLE:.0f})")  # fmt: skip
        good = good and times[0] >= LEAST_OF_ANSIBLE
    if not found["ansible"]:
        print("ansible.posix.sysctl is not here: ANSIBLE_COLLECTIONS_PATH names where it is")
    return 0 if good else 1


def _ratios(one: Run, other: Run) -> tuple[float, float]:
    return one.wall / other.wall, one.processor / other.processor


if __name__ == "__main__":
    sys.exit(main())
