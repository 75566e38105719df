"""The real loaders, `sysctl --system` and systemd-sysctl of four Debian releases, run beside their models.

`python -m tools.loaders` loads generated trees of drop-ins with each of them and counts where a model says otherwise.
"""
