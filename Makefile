# Two commands matter: `make run` and `make test`. Settings go on the line: `make run PORT=9000 HTTPS=1`.
PY := .venv/bin/python
NODE := .venv/bin/node
SCRIPTS := tests/scripts
MODULES := $(SCRIPTS)/node_modules
SCRIPT_TESTS := $(NODE) --test --test-force-exit --test-reporter=dot --disable-warning=MODULE_TYPELESS_PACKAGE_JSON '$(SCRIPTS)/*.test.js'
WORKERS ?= 2
VISITS ?= 1000
PHOTOS ?= 5
SEED ?= 1
PHONES ?= 2
REQUESTS ?= 20000
MINUTES ?= 40
LOCK := uv pip compile --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help setup run test long unit check check-python check-scripts coverage bench soak faults lock update hooks clean

help:   ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup:  ## install what the server needs, without starting it; tries missing fonts again
	@rm -f .venv/.fonts-tried
	@.ci/install run

run:    ## install what is missing, then serve on http://127.0.0.1:8000 (PORT, DATA_DIR, HTTPS=1, DEMO=street)
	@.ci/install run
	@exec $(PY) -m flask --app wsgi serve

test:   ## install what tests need, then check and run every test but the long ones (TEST_POSTGRES_URL, REQUIRE_POSTGRES=1)
	@.ci/install test
	@$(MAKE) --no-print-directory check
	@exec $(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m "not long"

long:   ## the journeys that `make test` leaves out: camera, stores of the phone, what an item shows; then `make coverage`
	@.ci/install long
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m long
	@$(MAKE) --no-print-directory coverage

unit:   ## the quick tests: rules, files and the scripts' own rules alone, no database, no browser
	@.ci/install test
	@$(SCRIPT_TESTS)
	@exec $(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m "not long" tests/unit

check:  ## format, lint, types, the plan of the house, templates, checklists; the scripts, with their own tests
	@.ci/install test
	@$(MAKE) --no-print-directory -j 2 --output-sync=line check-python check-scripts

check-python:
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-cache
	$(PY) -m djlint templates --lint --quiet
	$(PY) -m flask --app wsgi checklists lint

check-scripts:
	$(NODE) $(MODULES)/prettier/bin/prettier.cjs --config $(SCRIPTS)/prettier.config.js --check --log-level=warn static/js $(SCRIPTS)
	$(NODE) $(MODULES)/typescript/bin/tsc -p $(SCRIPTS)
	$(NODE) $(MODULES)/typescript/bin/tsc -p $(SCRIPTS)/tsconfig.worker.json
	$(NODE) $(MODULES)/eslint/bin/eslint.js -c $(SCRIPTS)/eslint.config.js static/js $(SCRIPTS)
	$(SCRIPT_TESTS)

coverage: ## which branches of which room the tests without a browser walk, on SQLite; fails below the floor
	@.ci/install test
	@rm -f .coverage .coverage.*
	@$(PY) -m coverage run -m pytest -q -n $(WORKERS) --dist worksteal -m "not long" -k "not postgresql" tests/unit tests/database tests/web tests/papers
	@exec $(PY) -m tests.benchmarks.rooms_covered

bench:  ## papers, visits and memory, measured on this machine
	@.ci/install test
	@exec $(PY) -m tests.benchmarks.run

soak:   ## 20,000 requests of 50 people: what the web processes hold at start, half and end (REQUESTS=20000, MINUTES=40)
	@.ci/install test
	@REQUESTS=$(REQUESTS) MINUTES=$(MINUTES) exec $(PY) -m tests.benchmarks.soak

faults: ## a bad network and a dying phone, for long; says what was lost (VISITS=1000, PHOTOS=5, SEED=1, PHONES=2, POSTGRES=1)
	@.ci/install test
	@exec $(PY) -m tests.faults.run --visits $(VISITS) --photos $(PHOTOS) --seed $(SEED) --phones $(PHONES) $(if $(POSTGRES),--postgres)

lock:   ## pin the whole tree of packages anew, Python's and the scripts' (needs uv)
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group dev pyproject.toml -o requirements-dev.lock
	cd $(SCRIPTS) && $(CURDIR)/.venv/bin/npm install --package-lock-only

update: ## newest versions of all packages: pins and locks anew, says what changed, then the tests it needs (needs uv)
	@.ci/install test
	@$(PY) .ci/update.py
	@$(MAKE) --no-print-directory test

hooks:  ## the checks of .pre-commit-config.yaml before each commit (needs pre-commit)
	pre-commit install

clean:  ## remove what make made; the data in .data stays
	rm -rf $(MODULES) .venv .fonts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
