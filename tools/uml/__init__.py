"""Other real kernels on this machine: Debian's user-mode Linux, fetched and booted as ordinary programs."""
