"""tcptune as one file: `python -m tools.pyz` writes dist/tcptune.pyz, which needs a Python from 3.11 on, no more."""
