# One command each for the reader, the developer and CI. Needs python3 (3.11 or newer), pip, make and git; no root.
#   make docs LAUNCHPAD=../launchpad FORTE_HELM=../forte-helm HELM_PROD_VALUES=../helm-prod-values
# builds the site for your own clones: graphdoc.yaml reads these names from the environment.
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Debian without python3-venv makes environments that have no pip; the pip outside installs into them then.
PIP = $$($(BIN)/python -c 'import pip' 2>/dev/null && echo $(BIN)/python || echo $(PYTHON)) -m pip --python $(BIN)/python
INSTALL = $(PIP) --disable-pip-version-check install --quiet
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-header --no-emit-index-url --no-emit-find-links --group build --extra helm

SYSTEMS = x86_64-manylinux_2_28 aarch64-manylinux_2_28 x86_64-unknown-linux-musl \
	x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc aarch64-pc-windows-msvc

.PHONY: help
help: ## Show each target.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-10s %s\n", $$1, $$2}'

.PHONY: docs
docs: $(VENV)/.installed ## Install what is needed and build the site into site/.
	$(BIN)/graphdoc build

.PHONY: serve
serve: $(VENV)/.installed ## Serve the site on loopback and rebuild it on every change.
	$(BIN)/graphdoc serve

.PHONY: test
test: $(VENV)/.test-installed ## Run the tests, doctests and the examples of the rule pages.
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: fuzz
fuzz: $(VENV)/.test-installed ## Damage what is read, ten minutes for each kind of input (SECONDS=600).
	for target in $$(ls tests/fuzz/corpus); do \
		$(BIN)/python -m tests.fuzz $$target --seconds $(or $(SECONDS),600) || exit 1; done

.PHONY: wheels
wheels: $(VENV)/.test-installed ## Ask the index for which systems all dependencies have wheels.
	for system in $(SYSTEMS); do for python in 3.11 3.12 3.13 3.14; do \
		printf '%s, Python %s: ' $$system $$python; \
		$(BIN)/uv pip install --quiet --dry-run --only-binary :all: --python-platform $$system \
			--python-version $$python --target build/wheels -r requirements.lock 2>/dev/null \
			&& echo all || echo not all; done; done

.PHONY: coverage
coverage: $(VENV)/.test-installed ## Run the tests and show the lines and branches they leave out.
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

.PHONY: check
check: lint types layers test docs ## Everything a commit must pass.

.PHONY: lint
lint: $(VENV)/.test-installed ## Style, complexity and formatting.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/.test-installed ## Types, strictly.
	$(BIN)/mypy

.PHONY: layers
layers: $(VENV)/.test-installed ## Which layer may import which.
	$(BIN)/lint-imports

.PHONY: drift
drift: $(VENV)/.installed ## Compare the repositories with the recorded architecture.
	$(BIN)/graphdoc drift

.PHONY: bench
bench: $(VENV)/.test-installed ## Measure graphdoc against floors of the same run: make bench BENCH="../a ../b".
	$(BIN)/python -m benchmarks $(BENCH)

.PHONY: conformance
conformance: $(VENV)/.test-installed ## Compare with Kustomize on clones: make conformance CLONES="../a ../b".
	$(BIN)/python benchmarks/kustomize.py $(CLONES)

.PHONY: proven
proven: $(VENV)/.test-installed ## Compare Applications with the real programs: make proven CLONES="../a ../b".
	$(BIN)/python -m benchmarks.proven $(CLONES)

.PHONY: lock
lock: $(VENV)/.test-installed ## Write both requirement locks anew, at the newest versions.
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra test --constraints requirements.lock --output-file requirements-test.lock

.PHONY: clean
clean: ## Remove everything that was built, the virtual environment included.
	rm -rf $(VENV) site build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# An editable install compiles nothing; where PYTHONDONTWRITEBYTECODE is set every start would, for as long as a check.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing graphdoc and its locked requirements into $(VENV) ..."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q graphdoc
	@touch $@

$(VENV)/.test-installed: requirements-test.lock $(VENV)/.installed
	@echo "Installing the locked test requirements into $(VENV) ..."
	@$(INSTALL) --require-hashes --requirement requirements-test.lock
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "graphdoc needs Python 3.11 or newer, and '$(PYTHON)' is not; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; \
		then $(PYTHON) -m venv $(VENV); \
		else $(PYTHON) -m venv --without-pip $(VENV); fi
