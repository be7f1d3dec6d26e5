# Two commands: `make run` starts the demonstration, `make test` runs every test. Each sets up what it needs.
SHELL := /bin/bash
PY := .venv/bin/python
RUNTIME_DEBS := python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
TEST_DEBS := chromium postgresql poppler-utils
LOCKING := compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --quiet
export UV_PYTHON_DOWNLOADS = never

.PHONY: help run test check setup setup-test bench docs lock pictures clean

help:            ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: setup       ## start the demonstration at http://127.0.0.1:8000/
	@ALGOCARE_PLAIN_HTTP=true .venv/bin/algocare demo
	@ALGOCARE_PLAIN_HTTP=true ALGOCARE_PUBLIC_REGISTER=true .venv/bin/algocare serve

test: setup-test ## run every test, on SQLite and PostgreSQL, in a real browser
	$(PY) -m pytest -n 2 --dist loadgroup -q

check: setup-test ## ruff, mypy, import-linter, template lint, documents current, lock current
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy foundation registry model_runtime assessments monitoring audit algocare benchmarks
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet
	$(PY) -m algocare.reference --check
	@$(MAKE) --no-print-directory check-lock

bench: setup-test ## measure and write build/bench.json
	$(PY) -m benchmarks.run

pictures: setup-test ## take the pictures of the tour again, with the browser tests
	ALGOCARE_PICTURES=docs/pictures $(PY) -m pytest tests/stories -q -n 2 --dist loadgroup

docs: setup-test ## write docs/reference again from the code
	$(PY) -m algocare.reference

setup: .venv/.runtime          ## install what running needs
setup-test: .venv/.development ## install what testing needs

.venv/.runtime: requirements.lock pyproject.toml
	@bash tools/install.sh "$(RUNTIME_DEBS)" requirements.lock
	@touch $@

.venv/.development: requirements-dev.lock pyproject.toml
	@bash tools/install.sh "$(RUNTIME_DEBS) $(TEST_DEBS)" requirements-dev.lock
	@touch $@ .venv/.runtime

lock:            ## write both locks again from pyproject.toml
	.venv/bin/uv pip $(LOCKING) --extra build -o requirements.lock
	.venv/bin/uv pip $(LOCKING) --all-extras -o requirements-dev.lock

.PHONY: check-lock
check-lock:
	@$(PY) -m algocare.reference --check-lock

clean:           ## remove the environment, the demonstration and everything built
	rm -rf .venv build var
