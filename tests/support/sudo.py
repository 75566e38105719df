"""A stand-in for sudo on a test host, where the real one need not be installed: its way of asking, and its refusals.

It takes Ansible's flags, asks on standard error and reads the password from standard input a byte at a time, and with
a file `/run/requiretty` it refuses whoever has no terminal. It gets root's rights by its interpreter's mode.
"""

from __future__ import annotations

import shutil

from tests.support.hosts import Host
from tests.support.playbooks import PYTHON

SUDO = "/usr/local/bin/sudo"
PASSWORD = "open sesame"
USER = "tuner"
INTERPRETER = "/run/python"
TTY = "/run/requiretty"
"""What the stand-in looks for on the host."""
HOME = f"/run/{USER}"
SCRIPT = f"""#!{INTERPRETER} -I
import os, sys
words = sys.argv[1:]
prompt = None
while words[0].startswith("-"):
    flag = words.pop(0)
    if flag in ("-p", "-u"):
        value = words.pop(0)
        prompt = value if flag == "-p" else prompt
if os.path.exists({TTY!r}) and not os.isatty(0):
    sys.exit("sudo: sorry, you must have a tty to run sudo")
if prompt is None:
    sys.exit("sudo: a password is required")
os.write(2, prompt.encode())
typed = b""
while not typed.endswith(b"\\n"):
    byte = os.read(0, 1)
    if not byte:
        sys.exit("sudo: no password was provided")
    typed += byte
if typed.strip().decode() != {PASSWORD!r}:
    sys.exit("Sorry, try again.")
os.setresgid(0, 0, 0)
os.setresuid(0, 0, 0)
os.execvp(words[0], words)
"""
VARIABLES = {
    "ansible_user": USER,
    "ansible_remote_tmp": f"{HOME}/.ansible",
    "ansible_become_exe": SUDO,
    "ansible_become_password": PASSWORD,
}
"""What a task needs to come as this user."""


def install(host: Host) -> None:
    """Give a host an ordinary user, and the stand-in that makes root of it."""
    account = f"{USER}:x:4242:4242::{HOME}:/bin/sh"
    made = f"printf '%s\\n' '{account}' >>/etc/passwd; mkdir -m 0700 {HOME}; chown 4242:4242 {HOME}"
    python = f"cp {shutil.which('python3', path='/usr/bin') or PYTHON} {INTERPRETER}; chmod 4755 {INTERPRETER}"
    host.run("sh", "-euc", f'{made}; {python}; printf %s "$1" >{SUDO}; chmod 0755 {SUDO}', "sh", SCRIPT)
