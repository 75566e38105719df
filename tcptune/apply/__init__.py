"""A change that one can trust on a production host: plan, preflight, journal, arm, write, verify, confirm, persist.

A file a step. Nothing else in tcptune writes below /proc/sys.
"""
