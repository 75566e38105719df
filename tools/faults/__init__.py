"""Faults: `tcptune apply` killed and refused at every system call, many at once, and its undo on a real systemd."""
