"""What is tried inside of a machine with systemd as init; it needs nothing but Python, systemd and tcptune there.

    python3 guest.py confirmed|unconfirmed|interrupted|again

Printed is a JSON list of [what was tried, whether it holds, what was seen]. Each word is a boot of its own.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIN, RETRIES, REUSE = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_retries2", "net.ipv4.tcp_tw_reuse"
DROPIN = Path("/etc/sysctl.d/80-tcptune.conf")
HOSTILE = {"PATH": "/tmp/hostile", "HOME": "/nonexistent", "TMPDIR": "/nonexistent", "PYTHONPATH": "/tmp/hostile"}
TCPTUNE = "/usr/local/bin/tcptune"
WAIT = 30
"""Seconds to confirm: the machine is slow, and a command of ours may take five of them."""

checks: list[tuple[str, bool, str]] = []


def check(name: str, seen: object, wanted: object = True) -> None:
    """Write down whether what was seen is what it should be."""
    checks.append((name, seen == wanted, f"{seen!r}, and not {wanted!r}"))


def run(*command: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, a minute at the most."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def document(*arguments: str, before: tuple[str, ...] = ()) -> Any:
    """Run tcptune and return its document; what it said where there is none."""
    done = run(*before, TCPTUNE, *arguments, "-f", "json")
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"status": done.returncode, "said": done.stdout + done.stderr}


def live(key: str, *before: str) -> str:
    """Return what the kernel says of a parameter."""
    return run(*before, "cat", f"/proc/sys/{key.replace('.', '/')}").stdout.strip()


def seconds_until(holds: Callable[[], bool], most: float = 2.0 * WAIT) -> float:
    """Return after how many seconds something holds; `most` when it does not."""
    begin = time.monotonic()
    while not holds() and time.monotonic() < begin + most:
        time.sleep(0.05)
    return time.monotonic() - begin


def state(name: str) -> str:
    """Return the state of an entry of the journal."""
    entries = document("history").get("entries", [])
    return next((str(each["state"]) for each in entries if each["id"] == name), "missing")


def timer(name: str) -> str:
    """Return whether an entry's timer is active."""
    return run("systemctl", "is-active", f"tcptune-undo-{name}.timer").stdout.strip()


def in_session(*arguments: str) -> Any:
    """Run tcptune as in a connection that is lost: with its end every process of it is killed."""
    return document(*arguments, before=("systemd-run", "--wait", "--pipe", "--quiet", "--collect", "--unit=session"))


def undone_by_systemd() -> None:
    """A change that nobody confirms is undone after the session is gone, and the journal says so."""
    done = in_session("apply", "--set", f"{FIN}=30", "--set", f"{RETRIES}=12", "--confirm-within", f"{WAIT}")
    began = time.monotonic()
    name = (done.get("journal") or {}).get("id", "none")
    check("applied, and waits", (live(FIN), live(RETRIES), DROPIN.exists()), ("30", "12", False))
    check("the timer is armed", timer(name), "active")
    shown = run("systemctl", "show", f"tcptune-undo-{name}.timer", "-p", "AccuracyUSec").stdout.strip()
    check("the timer is exact to 100 ms", shown, "AccuracyUSec=100ms")
    what = run("systemctl", "show", f"tcptune-undo-{name}.service", "-p", "ExecStart").stdout
    check("its command names the interpreter by its whole path", "path=/" in what, True)
    check("its command names the state folder", "--state-dir /var/lib/tcptune" in what, True)
    check("another change is refused meanwhile", run(TCPTUNE, "apply", "--set", f"{REUSE}=1").returncode, 1)
    seconds_until(lambda: live(FIN) == "60")
    took = time.monotonic() - began
    check("undone after its time", (live(FIN), live(RETRIES)), ("60", "15"))
    check(f"undone after {WAIT} s and a start ({took:.1f} s after the answer)", took < 2 * WAIT)
    seconds_until(lambda: state(name) == "undone")
    check("the journal says so", state(name), "undone")
    check("and confirm is refused", run(TCPTUNE, "confirm").returncode, 1)
    seconds_until(lambda: timer(name) != "active")
    check("nothing of it is left in systemd", timer(name), "inactive")


def armed_before_the_first_write() -> None:
    """At the moment of the first write the timer is active."""
    script = (
        "import subprocess, sys\n"
        "from tcptune.apply.procsys import ProcSys\n"
        "write, seen = ProcSys.write, []\n"
        "def look(self, key, text):\n"
        "    seen.append(subprocess.run(['systemctl', 'list-units', '--plain', '--no-legend', 'tcptune-undo-*.timer'],"
        " capture_output=True, text=True).stdout)\n"
        "    write(self, key, text)\n"
        "ProcSys.write = look\n"
        "from tcptune.cli.app import run\n"
        f"status = run(['apply', '--set', '{FIN}=30', '--confirm-within', '60', '-q'])\n"
        "print(status, len(seen), all(' active ' in each for each in seen))\n"
    )
    done = run(sys.executable, "-c", script)
    check("armed and active before the first write", done.stdout.strip(), "0 1 True")
    check("and rolled back", run(TCPTUNE, "rollback").returncode, 0)
    left = run("systemctl", "list-units", "--plain", "--no-legend", "tcptune-undo-*").stdout.strip()
    check("a rollback disarms", (live(FIN), left), ("60", ""))


def from_a_hostile_environment() -> None:
    """Programs in PATH, a foreign HOME, modules in the working directory: the undo needs none of it."""
    folder = Path("/tmp/hostile")
    folder.mkdir(exist_ok=True)
    for name in ("systemd-run", "systemctl", "python3"):
        (folder / name).write_text("#!/bin/sh\ntouch /tmp/hostile/called\n")
        (folder / name).chmod(0o755)
    (folder / "json.py").write_text("raise SystemExit(99)\n")
    words = [sys.executable, "-c", "import sys; sys.path[:0] = ['/opt/tcptune/source', '/opt/tcptune/packages']\n"]
    words[-1] += f"from tcptune.cli.app import run; run(['apply', '--set', '{FIN}=30', '--confirm-within', '{WAIT}'])"
    clean = {"PATH": HOSTILE["PATH"], "HOME": HOSTILE["HOME"], "TMPDIR": HOSTILE["TMPDIR"]}
    done = run(words[0], "-I", *words[1:], env=clean, cwd="/tmp/hostile")
    check(f"applied from a hostile environment {done.stderr[-200:]}", live(FIN), "30")
    timers = run("systemctl", "list-units", "--plain", "--no-legend", "tcptune-undo-*.timer").stdout
    check("with a timer", "active" in timers)
    seconds_until(lambda: live(FIN) == "60")
    check("undone all the same", live(FIN), "60")
    check("nothing of PATH was called", (folder / "called").exists(), False)


def in_namespaces() -> None:
    """The undo of a namespace with a name is a timer, that of one without is a process that outlives the session."""
    run("ip", "netns", "add", "blue")
    inside = ("ip", "netns", "exec", "blue")
    done = in_session("apply", "--netns", "blue", "--set", f"{FIN}=30", "--confirm-within", f"{WAIT}")
    check("applied in a namespace with a name", (live(FIN, *inside), live(FIN)), ("30", "60"))
    check("by a timer", timer((done.get("journal") or {}).get("id", "none")), "active")
    seconds_until(lambda: live(FIN, *inside) == "60")
    check("undone in the namespace", live(FIN, *inside), "60")
    with subprocess.Popen(["unshare", "-n", "sleep", "600"]) as sleeping:
        entered = ("nsenter", "-n", "-t", str(sleeping.pid))
        own = Path("/proc/self/ns/net").readlink()
        seconds_until(lambda: Path(f"/proc/{sleeping.pid}/ns/net").readlink() != own)
        in_session("apply", "--pid", str(sleeping.pid), "--set", f"{FIN}=30", "--confirm-within", f"{WAIT}")
        check("applied in a namespace without one", (live(FIN, *entered), live(FIN)), ("30", "60"))
        seconds_until(lambda: live(FIN, *entered) == "60")
        check("undone there, although every process of the session was killed", live(FIN, *entered), "60")
        sleeping.kill()


def kept_by_confirm() -> None:
    """`confirm` writes the drop-in and disarms; the value stays."""
    done = in_session("apply", "--set", f"{FIN}=30", "--confirm-within", f"{WAIT}")
    began = time.monotonic()
    name = (done.get("journal") or {}).get("id", "none")
    check("it waits", (timer(name), state(name), DROPIN.exists()), ("active", "pending", False))
    kept = document("confirm")
    check("confirmed", (kept.get("persisted"), kept.get("changed")), (str(DROPIN), True))
    check("disarmed", (timer(name), state(name)), ("inactive", "confirmed"))
    check("the drop-in is there", f"{FIN} = 30\n" in DROPIN.read_text() if DROPIN.exists() else None)
    time.sleep(max(0.0, began + WAIT + 3 - time.monotonic()))
    check("and it stays", live(FIN), "30")


def left_unconfirmed() -> None:
    """Leave a change that waits for a confirmation which never comes: the reboot is to undo it."""
    done = in_session("apply", "--set", f"{RETRIES}=12", "--set", f"{FIN}=25", "--confirm-within", "3600")
    name = (done.get("journal") or {}).get("id", "none")
    check("it waits", (timer(name), live(RETRIES), live(FIN)), ("active", "12", "25"))
    Path("/opt/tcptune/run/pending").write_text(name)


def after_the_reboot() -> None:
    """What was confirmed is there again, what was not is gone, and everybody says so."""
    name = Path("/opt/tcptune/run/pending").read_text()
    check("what was confirmed came back with the boot", live(FIN), "30")
    check("what was not is undone by the reboot", live(RETRIES), "15")
    check("no timer of it is left", timer(name), "inactive")
    done = run(TCPTUNE, "confirm")
    check("it cannot be confirmed any more", (done.returncode, "started again" in done.stderr), (1, True))
    check("the next change is not in its way", run(TCPTUNE, "apply", "--set", f"{REUSE}=1").returncode, 0)
    undone = document("rollback", name)
    check("its rollback says that values belong to another boot", "another boot" in json.dumps(undone))
    check("and changes none", (live(FIN), live(REUSE)), ("30", "1"))


def killed_after_the_drop_in() -> None:
    """Leave what a power failure leaves between the drop-in and the journal's last line."""
    script = (
        "import os, signal, tcptune.apply.transaction as t\n"
        "put = t.put_file\n"
        "def last(step):\n"
        "    put(step)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "t.put_file = last\n"
        "from tcptune.cli.app import run\n"
        f"run(['apply', '--set', '{FIN}=20', '--set', '{RETRIES}=11', '-q'])\n"
    )
    check("killed", run(sys.executable, "-c", script).returncode, -signal.SIGKILL)
    check("values and drop-in are there", (live(FIN), f"{FIN} = 20\n" in DROPIN.read_text()), ("20", True))


def undone_in_the_next_boot() -> None:
    """The drop-in that nobody finished took effect; the next call says so, and the rollback restores the file alone."""
    check("the drop-in took effect at the boot", (live(FIN), live(RETRIES)), ("20", "11"))
    said = run(TCPTUNE, "history").stderr
    check("the next call speaks of it", "was interrupted" in said)
    name = said.partition("tcptune rollback ")[2].partition(",")[0].strip()
    check("another change is refused", run(TCPTUNE, "apply", "--set", f"{FIN}=40").returncode, 1)
    check("it cannot be resumed in another boot", run(TCPTUNE, "apply", "--resume", name).returncode, 1)
    undone = document("rollback", name)
    check("the file is as it was, and that is said", "another boot" in json.dumps(undone))
    text = DROPIN.read_text()
    check("the drop-in of before", (f"{FIN} = 30\n" in text, RETRIES in text), (True, False))
    check("live values are left", (live(FIN), live(RETRIES)), ("20", "11"))
    check("and changes are possible again", run(TCPTUNE, "apply", "--set", f"{FIN}=40").returncode, 0)
    removed = document("apply", "--remove")
    check("all of it can be taken away", (removed.get("changed"), DROPIN.exists(), live(FIN)), (True, False, "20"))


BOOTS: dict[str, tuple[Callable[[], None], ...]] = {
    "undone": (undone_by_systemd, armed_before_the_first_write, from_a_hostile_environment, in_namespaces),
    "unconfirmed": (kept_by_confirm, left_unconfirmed),
    "interrupted": (after_the_reboot, killed_after_the_drop_in),
    "again": (undone_in_the_next_boot,),
}
"""What each boot tries, in the order of the boots: the machine is the same."""


def main() -> None:
    """Try what this boot is for."""
    for each in BOOTS[sys.argv[1]]:
        try:
            each()
        except Exception as error:
            checks.append((each.__name__, False, f"{type(error).__name__}: {error}"))
    json.dump(checks, sys.stdout)


if __name__ == "__main__":
    main()
