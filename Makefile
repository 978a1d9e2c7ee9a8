# make run    serves everything on this machine      make test       checks everything that a change may break
# make check  the checks that need no database       make test-long  every page, journey and document
# Set-up is done by whichever comes first, and again only where a lock file has changed.

PYTHON ?= python3
BIN := .venv/bin
NPM = $(shell command -v npm || echo $(BIN)/npm)
PIP := umask 022 && $(BIN)/python -m pip --quiet --disable-pip-version-check install
VENDOR := register/static/vendor
MAKEFLAGS += --no-print-directory

.PHONY: help run test test-long check format lint types imports templates migrations assets set-up set-up-tests lock
.DELETE_ON_ERROR:

help:
	@sed -n '1,3s/^# //p' Makefile

run: set-up
	@exec $(BIN)/register run

# Two of the checks at a time, each telling what it has to tell in one piece where make can do that.
# A module stays with one process, so that what it makes for all its tests is made once.
test: set-up-tests
	@$(MAKE) --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) migrations check
	@echo "== tests"
	@$(BIN)/pytest -q -n 2 --dist loadscope --no-loadscope-reorder -m "not long" --ignore tests/test_migrations.py

# A module stays with one process here too: all pages are walked through once, not once a process.
test-long: set-up-tests
	@$(BIN)/python -m register.kit.system_packages --browser --java --pdftotext --qpdf
	@$(NPM) ci --silent --include=dev
	@$(BIN)/pytest -q -n 2 --dist loadscope --no-loadscope-reorder -m long

check: format lint types imports templates

format: set-up-tests
	@echo "== format"
	@$(BIN)/ruff format --quiet --check --output-format concise

lint: set-up-tests
	@echo "== lint"
	@$(BIN)/ruff check --quiet

types: set-up-tests
	@echo "== types"
	@$(BIN)/mypy --no-error-summary

imports: set-up-tests
	@echo "== imports"
	@$(BIN)/lint-imports --no-logo > build/imports.txt || { cat build/imports.txt; exit 1; }

templates: set-up-tests
	@echo "== templates"
	@$(BIN)/djlint --quiet --lint register fees fitness

migrations: set-up-tests
	@echo "== migrations up and down, and models match head"
	@$(BIN)/pytest -q tests/test_migrations.py > build/migrations.txt || { cat build/migrations.txt; exit 1; }

assets: $(VENDOR)

# What the service needs, then what the tests need on top of it.
set-up: .venv/service $(VENDOR)
	@$(BIN)/python -m register.kit.system_packages

set-up-tests: .venv/tests $(VENDOR)
	@mkdir -p build
	@$(BIN)/python -m register.kit.system_packages --browser

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: set PYTHON." if sys.version_info < (3, 11) else 0)'
	@echo "Making .venv"
	@umask 022 && $(PYTHON) -m venv .venv

.venv/service: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the service needs"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tests: requirements-dev.txt .venv/service
	@echo "Installing what the tests need"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENDOR): package.json package-lock.json register/kit/assets.py .venv/service
	@echo "Fetching the front end"
	@command -v npm > /dev/null || { $(PIP) --require-hashes -r requirements-node.txt; }
	@$(NPM) ci --silent --omit=dev
	@$(BIN)/python -m register.kit.assets node_modules $(VENDOR)

# Writes the locks anew from requirements*.in: hashes of every platform's files, and no registry's address.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras
lock: .venv/tests
	@$(COMPILE) requirements.in --output-file requirements.txt
	@$(COMPILE) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt
	@$(COMPILE) requirements-node.in --output-file requirements-node.txt
	@npm install --silent --package-lock-only
