# Two commands: `make run` starts the whole product, `make test` proves it. Everything else is for daily work.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMPS := .local/stamps
PYTHON ?= python3
PORT ?= 8000
DEMO_PORT ?= 8001
# Trust what the system trusts, as behind a company's proxy.
export UV_SYSTEM_CERTS := 1
export PORT DEMO_PORT
export PATH := $(CURDIR)/$(BIN):$(PATH)

FRONT_END := package.json package-lock.json tsconfig.json $(shell find static -type f -not -path 'static/dist/*' 2>/dev/null)
LOCK_CUT ?= $(shell date -d '14 days ago' +%Y-%m-%d)

.PHONY: help run test check lock build bench soak faults test-live prod-like suite lint clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(STAMPS)/embedded $(STAMPS)/front-end .env ## Set up and start the whole product, with demo data
	@python manage.py serve_embedded

test: $(STAMPS)/system $(STAMPS)/development $(STAMPS)/front-end ## Set up and pass everything
	@.ci/test.sh

check: $(STAMPS)/development $(STAMPS)/front-end lint ## Linters, types and the quick tests on SQLite
	@TEST_DATABASE_NAME=check pytest -q -n 2 --dist worksteal --reuse-db -m "not browser and not production and not live and not process and not walk" tests

lint: $(STAMPS)/development
	@ruff check .
	@ruff format --check --quiet .
	@lint-imports
	@mypy .
	@djlint templates --lint --quiet

build: $(STAMPS)/front-end ## Build the front end

lock: $(STAMPS)/development ## Compile the locks from pyproject.toml, as of two weeks ago
	@.ci/lock.sh $(LOCK_CUT)

bench: $(STAMPS)/system $(STAMPS)/development $(STAMPS)/front-end ## Measure, beside bare references
	@python -m benchmarks
	@python -m tests.services -- python -m benchmarks first_token

soak: $(STAMPS)/system $(STAMPS)/development $(STAMPS)/front-end ## The full sizes of what `make test` runs in short
	@FULL_SIZE=1 python -m tests.services -- pytest -q -m "not live" tests

faults: soak ## The full sizes of the fault tests (they are part of the soak)

test-live: $(STAMPS)/development ## Contract suites against real vendors whose keys are set
	@pytest -q -rs -m live tests || [ $$? -eq 5 ]

prod-like: $(STAMPS)/system $(STAMPS)/development $(STAMPS)/front-end ## The production processes on private servers, with the browser test
	@python -m tests.services -- pytest -q -m production tests

clean: ## Remove everything that was set up or built; keeps .env and data
	@rm -rf .venv node_modules static/dist staticfiles $(STAMPS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.env: | $(STAMPS)/embedded
	@python .ci/first_environment.py > .local/first.env && mv .local/first.env .env && echo "Wrote random secrets into .env"

.venv/bin/uv:
	@echo "Making the Python environment …"
	@.ci/venv.sh $(PYTHON)

$(STAMPS)/embedded: requirements-embedded.txt | .venv/bin/uv
	@echo "Installing the product's packages …"
	@uv pip install --quiet -r requirements-embedded.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/system:
	@.ci/system.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/development: requirements.txt requirements-dev.txt | .venv/bin/uv $(STAMPS)/system
	@echo "Installing the packages of production and development …"
	@uv pip install --quiet -r requirements.txt -r requirements-dev.txt
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/embedded

node_modules/.package-lock.json: package-lock.json | .venv/bin/uv
	@echo "Installing the front end's packages …"
	@.ci/node.sh npm ci --silent
	@touch $@

$(STAMPS)/front-end: node_modules/.package-lock.json $(FRONT_END)
	@echo "Building the front end …"
	@.ci/node.sh npm run --silent build
	@mkdir -p $(STAMPS) && touch $@
