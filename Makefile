# What one types in this repository. Needs Python 3.11+ and make; the rest is installed here,
# into a virtual environment inside the project.
#
#   make demo              train a small model, pack it, serve it and print a curl
#   make demo ARGS=--once  the same, but answer one request and exit
#   make test              lint, types, layers and the whole suite
#   make test ARGS="-k signature -x"      pass arguments to pytest (JOBS=0: in one process)
#   make test PYTHON=python3.13           with another Python, in its own environment
#   make soak              what takes minutes: 20 newsgroups over HTTP, 200 swaps, more examples
#   make coverage          the suite again, and which lines and branches it runs (takes half as long again)
#   make test-frameworks   every framework in one environment, then each extra alone
#   make test-frameworks ARGS="--extra onnx"    one extra; ARGS="-- -k onnx": arguments for pytest
#   make test-frameworks ARGS=--quick           leave out those that are marked as slow
#   make test-clients      the clients of MLflow, KServe and Triton, in an environment of their own
#   make test-buckets      registries in S3 and Google Cloud Storage, against emulators
#   make test-templates    what golive writes for AWS, as cfn-lint and Terraform see it
#   make bench             the same models served by golive and its peers, into docs/benchmarks.md
#   make bench ARGS=--core (15 minutes) or ARGS=--quick (a minute or two); all of it takes 45
#   make bench-report      that document, its pictures and the README's table again from the JSON
#   make bench-compile     the compiled scorer beside the original and ONNX Runtime
#   make bench-lambda      packages for AWS Lambda: their sizes, and the first answer of a fresh process
#   make bench-soak        two minutes of good and bad records; ARGS="--seconds 3600" for longer
#   make faults            load on real servers while workers are killed, models fail, clients misbehave
#   make fuzz              what reads the bytes of strangers, a minute for each target
#   make fuzz ARGS="--seconds 300 --target json"    one for longer; --list names them
#   make docs              write docs/reference/ again from the code
#   make clean             remove the environments, caches and the demo's files

PYTHON ?= python3
ARGS ?=
VENV ?= .venv$(patsubst python%,-%,$(filter-out python3 python,$(notdir $(PYTHON))))
BIN = $(VENV)/bin
JOBS ?= auto
# GROUP=test leaves out what lint needs.
GROUP ?= dev
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# Most modules of the packages are never imported; compiling them all takes a while. What is
# measured, and started for the first time, does have them compiled.
COMPILE = --no-compile
INSTALL = $(PIP) install $(COMPILE)

.DEFAULT_GOAL := help
.PHONY: help demo test lint pytest coverage soak test-frameworks test-clients test-buckets test-templates \
  format docs clean faults fuzz bench bench-report bench-compile bench-lambda bench-soak

help:
	@sed -n '/^#  /s/^#  //p' Makefile

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "golive needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "hint: name another one, such as: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Making the environment $(VENV) with $$($(PYTHON) --version)." >&2
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "hint: on Debian and Ubuntu, venv is a package of its own: apt install python3-venv" >&2; \
	  rm -rf $(VENV); exit 1; }
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.core: $(VENV)/.made pyproject.toml
	@echo "Installing golive and what it needs (a minute or two, once)." >&2
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.core pyproject.toml
	@echo "Installing what the tests need (a minute or two, once)." >&2
	@$(INSTALL) --group $(GROUP)
	@touch $@

demo: $(VENV)/.core
	@$(BIN)/python examples/demo.py $(ARGS)

test: lint pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# One process a core: threads of NumPy and OpenMP beside them would only wait for each other.
pytest: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(JOBS) --dist worksteal $(COVERAGE) $(ARGS)

soak: ARGS = -m soak
soak: pytest

coverage: COVERAGE = --cov --cov-report=term:skip-covered --cov-fail-under=85
coverage: pytest

faults: $(VENV)/.test
	@$(BIN)/python -m faults $(ARGS)

# Atheris has wheels for Linux; elsewhere inputs are mutations of the seeds, unguided.
fuzz:
	@$(MAKE) --no-print-directory .venv-fuzz/.fuzz VENV=.venv-fuzz PYTHON=$(PYTHON)
	@.venv-fuzz/bin/python -m fuzzing $(ARGS)

$(VENV)/.fuzz: $(VENV)/.core
	@echo "Installing what fuzzes (a minute, once)." >&2
	@$(PIP) install --group fuzz
	@touch $@

test-frameworks:
	@$(PYTHON) tools/framework_tests.py $(ARGS)

# KServe's client needs older pandas than golive does, and brings much that no other test needs.
test-clients:
	@$(MAKE) --no-print-directory .venv-clients/.clients VENV=.venv-clients PYTHON=$(PYTHON)
	.venv-clients/bin/pytest tests/clients $(ARGS)

# Emulators bring much that no other test needs.
test-buckets:
	@$(MAKE) --no-print-directory .venv-buckets/.buckets VENV=.venv-buckets PYTHON=$(PYTHON)
	.venv-buckets/bin/python tools/emulators.py \
	  .venv-buckets/bin/pytest tests/blobs tests/registry -m "requires and not soak" $(ARGS)

# cfn-lint brings much that no other test needs.
test-templates:
	@$(MAKE) --no-print-directory .venv-templates/.templates VENV=.venv-templates PYTHON=$(PYTHON)
	GOLIVE_REQUIRE="$$GOLIVE_REQUIRE,cfn-lint,moto" .venv-templates/bin/pytest tests/deploying -m "requires and not soak" $(ARGS)

$(VENV)/.templates: $(VENV)/.core
	@echo "Installing what checks templates (a minute, once)." >&2
	@$(PIP) install --group templates
	@touch $@

$(VENV)/.buckets: $(VENV)/.core
	@echo "Installing emulators of S3 and Google Cloud Storage (a minute, once)." >&2
	@$(PIP) install --group buckets
	@touch $@

$(VENV)/.clients: $(VENV)/.core
	@echo "Installing the clients of other projects (a minute or two, once)." >&2
	@$(INSTALL) --group clients
	@touch $@

# The peers are in environments of their own; see benchmarks/environments.py.
bench bench-report bench-compile bench-lambda bench-soak:
	@$(MAKE) --no-print-directory .venv-bench/.bench VENV=.venv-bench PYTHON=$(PYTHON) COMPILE=
	@$(BENCH)

bench: BENCH = .venv-bench/bin/python -m benchmarks $(ARGS)
bench-report: BENCH = for part in "" .compile .soak; do \
	  .venv-bench/bin/python -m benchmarks$$part --report || exit 1; done
bench-compile: BENCH = OMP_NUM_THREADS=1 .venv-bench/bin/python -m benchmarks.compile $(ARGS)
bench-lambda: BENCH = .venv-bench/bin/python -m benchmarks.lambda_start $(ARGS)
bench-soak: BENCH = .venv-bench/bin/python -m benchmarks.soak $(ARGS)

$(VENV)/.bench: $(VENV)/.core
	@echo "Installing what the benchmarks need (a minute or two, once)." >&2
	@$(INSTALL) --group bench
	@touch $@

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.core
	$(BIN)/python tools/reference.py

clean:
	rm -rf .venv .venv-* .fuzz demo dist build .coverage* .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
