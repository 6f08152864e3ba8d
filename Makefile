# `make catalog` and `make test` set everything up by themselves; they need git, make and Python ≥ 3.11 with venv.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
export PYTHONHASHSEED := 0
export MPLBACKEND := Agg
# Small linear systems are slower on many threads than on one.
export OPENBLAS_NUM_THREADS := 1

.PHONY: help setup catalog test lint types format bench bench-coding bench-forecast bench-world lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

.bootstrap/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "jinque needs Python 3.11 or newer; found $$($(PYTHON) --version). Name another one: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv, then run make again." >&2; exit 2; }
	@$(PYTHON) -m venv .bootstrap
	@.bootstrap/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/installed: requirements.lock pyproject.toml | .bootstrap/bin/uv
	@.bootstrap/bin/uv venv --quiet --clear --python $(PYTHON) .venv
	@VIRTUAL_ENV=.venv .bootstrap/bin/uv pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=.venv .bootstrap/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The libraries that forecasts are compared with need an older pandas than the project.
.bench-venv/installed: benchmarks/requirements-libraries.lock | .bootstrap/bin/uv
	@.bootstrap/bin/uv venv --quiet --clear --python $(PYTHON) .bench-venv
	@VIRTUAL_ENV=.bench-venv .bootstrap/bin/uv pip sync --quiet --require-hashes benchmarks/requirements-libraries.lock
	@touch $@

setup: .venv/installed ## create the locked environment in .venv

catalog: setup ## write the built-in sample and publish a draft catalog from it
	@$(BIN)/jinque sample --out sample
	@$(BIN)/jinque run --config jinque.toml --quarter 2026Q4 --out releases --replace-draft

lint: setup ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## check types
	@$(BIN)/mypy

test: lint types ## lint, types, all tests, notebooks
	@$(BIN)/pytest -q -n 2
	@$(BIN)/pytest -q --nbmake --nbmake-timeout=300 notebooks

bench: setup ## time and peak memory of the main job; saves benchmarks/job.csv
	@$(BIN)/python -m tests.benchmarks.job

bench-coding: setup ## accuracy of coding on ../shared/data/labels/dev.csv; saves benchmarks/coding.csv
	@$(BIN)/python -m tests.benchmarks.coding

bench-forecast: setup .bench-venv/installed ## accuracy of the forecasts beside statsforecast's; saves benchmarks/forecast.csv
	@$(BIN)/python -m tests.benchmarks.forecast

bench-world: setup ## the product against the truth of simulated markets; saves benchmarks/world.csv
	@$(BIN)/python -m tests.benchmarks.world

format: setup ## apply the formatter
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: .bootstrap/bin/uv ## solve the lock files anew
	@.bootstrap/bin/uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --no-emit-index-url --no-emit-find-links pyproject.toml --output-file requirements.lock
	@.bootstrap/bin/uv pip compile --quiet --universal --generate-hashes --group libraries --python-version 3.11 --no-emit-index-url --no-emit-find-links --output-file benchmarks/requirements-libraries.lock

clean: ## remove the environments and what was made
	rm -rf .venv .bench-venv .bootstrap sample releases
