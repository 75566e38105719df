"""tcptune as one file: `python -m tools.pyz` writes dist/tcptune.pyz, which needs Python 3.11 or newer and nothing else."""
