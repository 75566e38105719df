"""A fresh Debian for each supported release: the README's two commands as they stand, then tcptune.pyz alone.

`python -m tools.fresh [SUITE…]`, `make fresh`. It needs root, apt and Debian's archive; the trees are kept in `.cache`.
"""
