# Everything a person types here. It wants Python 3.11 or newer with venv, and nothing else: the rest is installed
# into .venv from the lock files, which hold versions and hashes.

PYTHON ?= python3
CONFIG ?= config.toml

BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check -qq --require-virtualenv
ALL_CODE = src tests benchmarks docs

.DEFAULT_GOAL := help
.PHONY: help run serve test lint format soak bench bench-extraction pictures lock clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## do the main job once on config.toml: fetch, clean, publish, send
	@$(BIN)/chaffinch run --once --config $(CONFIG)
	@echo
	@echo "The feeds are in feeds/, the letters in outbox/ (any mail program opens an .eml file)."
	@echo "make serve keeps the press running and shows it at http://127.0.0.1:8750/ until you press Ctrl-C."

serve: .venv/.run ## keep the press running: poll, publish, send, serve
	@$(BIN)/chaffinch run --config $(CONFIG)

test: .venv/.dev ## run every test, on every core
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

lint: .venv/.dev ## ruff and mypy --strict
	@$(BIN)/python -m ruff check $(ALL_CODE)
	@$(BIN)/python -m ruff format --check $(ALL_CODE)
	@$(BIN)/python -m mypy

format: .venv/.dev ## lay the code out as lint wants it
	@$(BIN)/python -m ruff check --fix $(ALL_CODE)
	@$(BIN)/python -m ruff format $(ALL_CODE)

soak: .venv/.dev ## run the slow tests that make test leaves out
	@$(BIN)/python -m pytest -m soak

bench: .venv/.dev ## measure speed: the whole line, and the start of the command
	@$(BIN)/python benchmarks/line.py
	@$(BIN)/python benchmarks/startup.py

bench-extraction: .venv-bench/.done ## measure extraction on labelled pages: CORPUS=DIR
	@test -n "$(CORPUS)" || { echo "Say where the labelled pages are: make bench-extraction CORPUS=DIR" >&2; exit 64; }
	@PYTHONPATH=src .venv-bench/bin/python benchmarks/extraction.py "$(CORPUS)"

pictures: .venv/.dev ## take the pictures in docs/pictures anew (wants Chromium)
	@$(BIN)/python docs/pictures/take.py

COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml

lock: ## write the lock files anew from pyproject.toml
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	@$(COMPILE) --upgrade --output-file requirements.lock
	@$(COMPILE) --upgrade --group dev --extra postgres --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) --upgrade --group bench --constraint requirements-dev.lock --output-file requirements-bench.lock
	@rm -rf .venv-lock

clean: ## remove what was made, but not what the press has remembered (data/, feeds/, outbox/)
	@rm -rf .venv .venv-bench .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------- .venv

# The development lock holds everything of the other one in the same versions, so it serves for both.
.venv/.dev: requirements-dev.lock .venv/bin/python
	@echo "Installing what Chaffinch and its tests need (once; a minute or two) ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(LINK)
	@touch .venv/.run $@

.venv/.run: requirements.lock .venv/bin/python
	@echo "Installing what Chaffinch needs (once; a minute or so) ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	$(LINK)
	@touch $@

# Other extractors stand apart: nothing that Chaffinch is tested with may come from them. The lock is whole, so pip has
# nothing to resolve (pip 23 stumbles over lxml[html-clean], which two of them want).
.venv-bench/.done: requirements-bench.lock .venv/bin/python
	@echo "Installing what extraction is measured beside (once; a minute or two) ..."
	@$(BIN)/python -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check -qq --require-virtualenv install --require-hashes --no-deps \
		--requirement requirements-bench.lock
	@touch $@

# What an editable install does, without a build tool: the package is found in src/, the command stands in .venv/bin.
# Both are told by where they stand, so that the checkout can be moved.
define LINK
@echo ../../../../src > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/chaffinch.pth"
@printf '#!/bin/sh\nexec "$$(dirname "$$(readlink -f "$$0")")/python" -m chaffinch "$$@"\n' > $(BIN)/chaffinch
@chmod +x $(BIN)/chaffinch
endef

.venv/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "$(PYTHON) was not found. Chaffinch needs Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1 | head -n 1). Chaffinch needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv
