"""tcptune: what the kernel really does with TIME_WAIT, closing connections and ephemeral ports."""

__version__ = "0.1.0"
