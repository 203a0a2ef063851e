# Every target needs nothing but Python 3.11–3.13 and make; the environment makes itself from requirements.lock.
SHELL := /bin/sh
PYTHON ?= python3
MEMBERS := shared/ieum deploy/local services/registration services/matching services/evaluation services/notifications services/portal
VENV := .venv/bin

.PHONY: help env lock
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env:  ## make or refresh the environment (.venv) from requirements.lock
	@$(PYTHON) deploy/local/bootstrap.py

lock: env  ## resolve the dependencies anew into requirements.lock
	@$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group pyproject.toml:dev --no-annotate --no-header --no-emit-index-url \
	  --no-emit-package ieum --no-emit-package ieum-local $(foreach m,$(MEMBERS),$(m)/pyproject.toml) pyproject.toml --output-file requirements.lock
