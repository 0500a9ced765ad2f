# make repro: the default experiments and their leaderboard · make test · make lint · make graph · make studies · make bench
.DEFAULT_GOAL := help
.PHONY: help repro test lint check-lock audit audit-if-reachable graph studies bench test-cluster clean
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The repository's own packages come first.
export PYTHONPATH := $(CURDIR)
# Without bytecode every import takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make repro  run every stage on the built-in data and print the leaderboard; JOBS=2 runs two at a time"
	@echo "make test   run the tests"
	@echo "make test-cluster  install the extra cluster, and run the tests of sweeps on Ray (see docs/cluster.md)"
	@echo "make lint   check style, types, that the installed packages fit together, and, with a network, make audit"
	@echo "make check-lock  check that dvc.lock is that of the committed code"
	@echo "make audit  look up known vulnerabilities of the pinned packages (needs a network)"
	@echo "make graph  generate from the runs: parts of dvc.yaml and benchmarks/dvc.yaml, and tables of the pages"
	@echo "make studies  test textbook claims about recurrent networks (see studies/README.md)"
	@echo "make bench  run every stage on the real data sets (see benchmarks/RESULTS.md); CLUSTER=HOST:PORT on a Ray cluster"

# The environment: made once, and again when what it holds changes. uv is used where it is.
.venv/installed: pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --seed --allow-existing --python $(PYTHON) .venv && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt --editable '.[dev]'; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'; \
	fi
	@touch $@

repro: .venv/installed
	elman repro $(if $(JOBS),--jobs $(JOBS))
	elman compare --print

test: .venv/installed
	pytest -n 2 --dist loadfile

# Apart from the other tests: with pandas installed, which Ray needs, every import of Keras takes longer.
test-cluster: .venv/installed
	python -c "import optuna, ray" 2>/dev/null || python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[cluster]'
	pytest tests/test_cluster.py tests/test_cluster_shards.py tests/pipelines/cluster tests/pipelines/sweeping \
	  tests/pipelines/workers tests/pipelines/shards

lint: .venv/installed
	ruff check .
	ruff format --check .
	pyright
	$(BIN)/python -m pip check --disable-pip-version-check
	@$(MAKE) --no-print-directory audit-if-reachable

# Of the code, configurations and commands of all stages, and of what the stage gives that it names.
check-lock: .venv/installed
	python -m pipelines.reproduction.check prepare@toy_ner

# `strict`: a package that cannot be looked up fails the audit, and is not passed over.
audit: .venv/installed
	command -v pip-audit >/dev/null || python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[audit]'
	pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

# Asks the service one of pip-audit's own questions, by the same library; a mirror of packages alone has no answer.
audit-if-reachable: .venv/installed
	@if python -c "import requests; requests.get('https://pypi.org/pypi/pip/24.0/json', timeout=3).raise_for_status()" 2>/dev/null; \
	then $(MAKE) --no-print-directory audit; else echo "audit skipped: the vulnerability service at pypi.org is not reachable"; fi

graph: .venv/installed
	python -m benchmarks.graph

studies: .venv/installed
	cd studies && elman repro $(if $(JOBS),--jobs $(JOBS))

bench: .venv/installed
	cd benchmarks && $(if $(CLUSTER),elman repro --address $(CLUSTER) $(if $(CPUS),--cpus $(CPUS)),dvc repro) $(STAGES)

clean:
	rm -rf .venv data vectors runs predictions evaluations costs reports
