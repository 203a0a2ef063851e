# Every target needs nothing but Python 3.11–3.13 and make; the environment makes itself from requirements.lock.
SHELL := /bin/sh
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && break; done)
MEMBERS := shared/ieum deploy/local $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml))
TYPED := shared/ieum/ieum deploy/local/ieum_local deploy/local/bootstrap.py $(foreach service,$(wildcard services/*),$(service)/$(notdir $(service))) tests
VENV := .venv/bin

.PHONY: help env run status ops logs clean test check contracts assets lock bench chaos outages
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: env  ## start the whole system and print one address; DEMO=0 leaves the demo nation out, PORTAL_PORT= sets its port
	@$(VENV)/python -m ieum_local run

status: env  ## what runs in this checkout, on which port, with how much memory
	@$(VENV)/python -m ieum_local status

logs: env  ## the newest log lines, and on a terminal what follows; SERVICE=matching for one process
	@$(VENV)/python -m ieum_local logs $(SERVICE)

ops: env  ## look after what runs: ARGS='verify --wait 20', reconcile, 'parked list'; SERVICE=evaluation ARGS=recompute
	@$(VENV)/python -m ieum_local ops $(if $(SERVICE),--service $(SERVICE)) $(ARGS)

clean: env  ## forget the local system's data, logs and passwords
	@$(VENV)/python -m ieum_local clean

test: env  ## every test; SERVICE=matching for one service's own, ARGS='-k referral' for pytest's options
	@test -z '$(SERVICE)' || test -d 'services/$(SERVICE)' || { echo "there is no service $(SERVICE); there are: $(notdir $(wildcard services/*))"; exit 2; }
	@case '$(SERVICE)' in ''|portal) $(VENV)/python -m ieum_local assets ;; esac
	@$(VENV)/python -m $(if $(SERVICE)$(ARGS),pytest $(if $(SERVICE),services/$(SERVICE)) $(ARGS),tests)

check: env  ## style, types, imports, migrations and contracts
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy $(TYPED)
	$(VENV)/lint-imports
	$(VENV)/squawk services/*/migrations/*.sql shared/ieum/ieum/database/migrations/*.sql
	$(VENV)/python -m ieum.contracts check

bench: env  ## measure, beside peers; ONLY=latency,import,B1,B2,outage ROUNDS= COUNT= RATE= ROWS= HOURS= PROCESSES= KILL=; also in build/bench.json
	@ONLY='$(ONLY)' ROUNDS='$(ROUNDS)' COUNT='$(COUNT)' RATE='$(RATE)' ROWS='$(ROWS)' HOURS='$(HOURS)' PROCESSES='$(PROCESSES)' KILL='$(KILL)' $(VENV)/python -m tests.bench

chaos: env  ## faults by a seed under load, and whether anything was lost; SECONDS= SEED= RATE=; also in build/chaos.json
	@SECONDS='$(SECONDS)' SEED='$(SEED)' RATE='$(RATE)' CLIENTS='$(CLIENTS)' CALM='$(CALM)' FOLDER='$(FOLDER)' $(VENV)/python -m tests.chaos

outages: env  ## parts away and back under load; SECONDS=60 PART=kafka,postgres,matching RATE=; also in build/outages.json
	@SECONDS='$(SECONDS)' PART='$(PART)' RATE='$(RATE)' CLIENTS='$(CLIENTS)' USUAL='$(USUAL)' PATIENCE='$(PATIENCE)' FOLDER='$(FOLDER)' $(VENV)/python -m tests.chaos.outages_command

contracts: env  ## write shared/contracts anew from the event classes
	@$(VENV)/python -m ieum.contracts write

assets: env  ## fetch the portal's design system, fonts and scripts from npm
	@$(VENV)/python -m ieum_local assets

env:  ## make or refresh the environment (.venv) from requirements.lock
	@test -n '$(PYTHON)' || { echo 'Python 3.11, 3.12 or 3.13 is needed and none was found.' \
	  'Debian or Ubuntu: apt install python3 python3-venv. Another place: make PYTHON=/path/to/python3.12'; exit 1; }
	@$(PYTHON) deploy/local/bootstrap.py

lock: env  ## resolve the dependencies anew into requirements.lock
	@$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group pyproject.toml:dev --no-annotate --no-header --no-emit-index-url \
	  --no-emit-package ieum --no-emit-package ieum-local --no-emit-package ieum-registration $(foreach m,$(MEMBERS),$(m)/pyproject.toml) pyproject.toml --output-file requirements.lock
