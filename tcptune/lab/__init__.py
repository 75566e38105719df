"""Experiments on the running kernel, in network namespaces that vanish with the processes that hold them."""
