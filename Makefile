# Targets for development; `make help` lists them. They share the README's virtual environment.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
ARTICLES ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup unit test lint types docs harm mirror soak fuzz fuzz-kernel compose bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## create .venv with Copydesk, embedded servers and all tools (2 minutes)

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv --upgrade-deps $(VENV)
	$(BIN)/pip install -q -c constraints.txt -e '.[test]'
	touch $@

unit: $(VENV)/.installed ## run the unit tests (2 minutes)
	$(BIN)/pytest -q -n 2 --dist loadfile -m 'not slow' tests/unit

test: $(VENV)/.installed ## run all tests but harm, slow and compose (4 minutes)
	$(BIN)/pytest -q -n 2 --dist loadfile -m 'not compose and not harm and not slow'

lint: $(VENV)/.installed ## check style and format with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed ## check types with mypy
	$(BIN)/mypy --strict worker tests

docs: $(VENV)/.installed ## generate docs/reference and check all pages
	$(BIN)/python -m tests.reference
	$(BIN)/pytest -q tests/unit/test_docs.py

harm: $(VENV)/.installed ## run the tests that kill, cut and fill things (15 minutes)
	$(BIN)/pytest -q -m 'harm and not compose'

mirror: $(VENV)/.installed ## compare a mirror of the change feed with the store at 10,000 random steps (an hour)
	MIRROR_STEPS=10000 MIRROR_SEED=$$(date +%s) $(BIN)/pytest -q tests/integration/test_mirror.py

soak: $(VENV)/.installed ## random faults while 50,000 files arrive (an hour and a half)
	SOAK_SECONDS=3600 $(BIN)/pytest -q -s tests/harm/test_soak.py

fuzz-kernel: $(VENV)/.installed ## give the kernel, built with sanitizers, any texts (two minutes)
	KERNEL_FUZZ_SECONDS=120 $(BIN)/pytest -q -s tests/harm/test_fuzz_kernel.py

fuzz: $(VENV)/.installed ## give every reader damaged files for five minutes (two hours)
	FUZZ_SECONDS=300 $(BIN)/pytest -q -s tests/harm/test_fuzz_readers.py

compose: $(VENV)/.installed ## run the docker compose test (needs a Docker engine)
	$(BIN)/pytest -q -m compose

bench: $(VENV)/.installed ## measure speed next to a plain implementation (ARTICLES=8000)
	$(BIN)/copydesk bench --articles $(ARTICLES) --baseline
