# Everything is set up under .local/, once; a second call of any target does only what is new.
.DEFAULT_GOAL := help
PYTHON3 ?= python3
STACK ?= clubapp-dev
BIN := .local/venv/bin
READY := .local/venv/.ready

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON3) is " + sys.version)'
	@echo "installing the pinned packages into .local/venv"
	@$(PYTHON3) -m venv .local/venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

up: $(READY) ## bring clubapp-dev up on the local cloud (another one: make up STACK=clubapp-prod)
	@$(BIN)/python -m localcloud.up $(STACK)

down: $(READY) ## stop the local cloud; what it held is gone
	@$(BIN)/datastores local stop

test: $(READY) ## run all tests, on the real Pulumi engine too
	@$(BIN)/python -m localcloud.engine || { [ "$$CI" != true ] && echo "NO ENGINE: the tests that need one are left out" >&2; }
	@$(BIN)/pytest --quiet --numprocesses auto --dist loadgroup

matrix: $(READY) ## bring every application up in every phase, from nothing and by growing (long)
	@$(BIN)/python -m localcloud.engine
	@$(BIN)/pytest --numprocesses auto --dist loadgroup -m 'matrix or engine' tests/engine/test_growing.py tests/engine/test_from_nothing.py

upgrades: $(READY) ## carry out every upgrade between two phases, of every application, and every transition (long)
	@$(BIN)/python -m localcloud.engine
	@$(BIN)/pytest --numprocesses auto --dist loadgroup -m 'matrix or engine' tests/engine/test_upgrade.py tests/engine/test_upgrade_stopped.py tests/engine/test_upgrade_transitions.py

restores: $(READY) ## carry out a restore of every kind of store, killed in every update (long)
	@$(BIN)/python -m localcloud.engine
	@$(BIN)/pytest --numprocesses auto --dist loadgroup -m 'matrix or engine' tests/engine/test_restore.py tests/engine/test_restore_kinds.py

lint: $(READY) ## check format, style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright

check: lint test ## lint and test

lock: $(READY) ## pin the packages of pyproject.toml again
	@$(BIN)/pip-compile --quiet --extra dev --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml

clean: ## stop the local cloud and remove all that was set up
	@if [ -x $(BIN)/datastores ]; then $(BIN)/datastores local stop; fi
	rm -rf .local

.PHONY: help up down test matrix upgrades restores lint check lock clean
