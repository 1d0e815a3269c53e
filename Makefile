# Everything a developer does, by the same commands as in CI. `make run` and `make test` need no other step.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
SERVE ?= 1
PORT ?= 8000
MARK := $(VENV)/.installed
# Of the tests: one more than there are cores, since many wait for processes of their own.
WORKERS ?= $(shell expr $$(nproc) + 1)

.PHONY: setup run test check format screenshots bench rivals lock clean

setup: $(MARK)

$(MARK): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(MARK)

# The demo site: one pass over content of our own, then served until Ctrl-C. SERVE=0 stops after the pass.
run: setup
	$(BIN)/newsloom demo $(DEMO)
	$(BIN)/newsloom run $(DEMO)
ifneq ($(SERVE),0)
	$(BIN)/newsloom serve $(DEMO) --port $(PORT)
endif

test: setup
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every kind of page on a phone and a desk, light and dark, into build/screenshots: to be looked at.
screenshots: setup
	$(BIN)/python scripts/take_screenshots.py --all

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python scripts/bench_pass.py

# The libraries that `newsloom bench extract` measures beside ours, in an environment of their own.
rivals:
	$(PYTHON) -m venv build/rivals
	build/rivals/bin/python -m pip install --quiet --disable-pip-version-check --requirement scripts/rivals.txt

# Locks every dependency with hashes; the file names no index.
lock: setup
	$(BIN)/pip install --quiet 'pip-tools>=7.5'
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --no-header --extra dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
