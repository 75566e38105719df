# Everything runs in an environment of its own, .venv; nothing is installed into the machine.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin

.PHONY: audit test check pyz bench kernels lab loaders boot fuzz faults clean
audit: .venv/.runtime
	@$(BIN)/tcptune audit --fail-on never

test: .venv/.dev
	@$(BIN)/python -m pytest

.venv/.runtime: pyproject.toml
	@test -n "$(PYTHON)" || { echo "tcptune needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make an environment: install its venv package (Debian, Ubuntu: python3-venv)" >&2; exit 2; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/.dev: .venv/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

check: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The catalogue against five real kernels: the running one, and four that boot as programs (needs root, apt and Debian).
kernels: .venv/.runtime
	@$(BIN)/python -m tools.kernels

# The lab's promises: interrupted at INTERRUPTS random moments it leaves nothing behind, RUNS runs on a busy machine agree,
# and so do five real kernels (needs root; the kernels apt and Debian too).
INTERRUPTS ?= 50
RUNS ?= 10
lab: .venv/.dev
	@TCPTUNE_LAB_INTERRUPTS=$(INTERRUPTS) $(BIN)/python -m pytest -q tests/lab/test_interrupted.py
	@$(BIN)/python -m tools.lab --runs $(RUNS)
	@$(BIN)/python -m tools.lab

# The models of procps and systemd-sysctl against the real ones of four Debian releases: TREES for each (needs root and apt).
TREES ?= 25000
loaders: .venv/.runtime
	@$(BIN)/python -m tools.loaders --trees $(TREES)

# What audit says of the next boot against real boots: Debian with systemd on a user-mode kernel; the cases and BOOTS
# trees by chance, each some 15 s, and audit inside of a booted host (needs root, apt and Debian).
BOOTS ?= 10
boot: .venv/.runtime
	@$(BIN)/python -m tools.boot --generated $(BOOTS)

# `tcptune apply` and its kin killed, and refused by the kernel, at COUNT of the system calls that change something (0:
# at each of them, 20 minutes); fifty at once; and the undo that waits on a real systemd, over reboots (needs root,
# strace, apt and Debian).
COUNT ?= 300
faults: .venv/.runtime
	@$(BIN)/python -m tools.faults --count $(COUNT)
	@$(BIN)/python -m tools.faults.many
	@$(BIN)/python -m tools.faults.boots

# The README's two commands as they stand, and tcptune.pyz alone, in fresh trees of Debian 12 and 13 made by debootstrap
# (needs root, apt and Debian).
fresh: .venv/.dev
	@$(BIN)/python -m tools.fresh

# Every format under coverage-guided fuzzing: SECONDS for each, TARGETS to choose (Linux, CPython).
SECONDS ?= 60
fuzz: .venv/.dev
	@$(BIN)/python -m tools.fuzz --seconds $(SECONDS) $(TARGETS)

# tcptune as one file for this platform, with all that it needs but Python: dist/tcptune.pyz.
pyz: .venv/.dev
	@$(BIN)/python -m tools.pyz

bench: .venv/.dev
	@$(BIN)/python bench/run.py
	@$(BIN)/python bench/lint.py
	@$(BIN)/python bench/sockets.py
	@$(BIN)/python bench/trace.py
	@$(BIN)/python bench/apply.py
	@$(BIN)/python bench/fleet.py

clean:
	rm -rf .venv dist build .hypothesis .mypy_cache .ruff_cache .pytest_cache .cache
