"""A Debian that boots with systemd as its first process on a user-mode kernel, and what its drop-ins give there.

`python -m tools.boot` holds what `tcptune audit` says of the next boot against real ones. `machine.Machine` serves
other tests, too: files put in place, a script run by systemd once the boot is over, the same machine booted again.
"""
