"""Profiles: found, read, merged with their parents, and resolved for a host or a kernel."""
