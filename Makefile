# What a person types. `make help` lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Bytecode is what makes the second start of Airflow three times quicker than the first.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
INSTALLED := .venv/.installed
AWS_CLI := .local/awscli/.installed
SCANNERS := .local/scanners/.installed
CLIENTS := .local/clients/.installed
# Node's package manager, where there is one: AWS's SDK for JavaScript is tried, too.
NPM ?= $(shell command -v npm)
JAVASCRIPT := .local/javascript/.installed
CLOUDFORMATION := .local/cloudformation/.installed
MWAA := .local/mwaa/.installed
MWAA_TESTS := .local/mwaa-tests/.installed
NEWEST := .local/python313/.installed
# MWAA's Python, where there is one: a test imports the DAGs there.
PYTHON312 ?= $(shell $(call found,3.12))
# The newest that the product runs on, where there is one.
PYTHON313 ?= $(shell $(call found,3.13))
found = for one in python$1 $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$1.*/bin/python$1; do \
	"$$one" -c 'import sys; print(sys.executable)' 2>/dev/null && break; done
MWAA_CONSTRAINTS ?= https://raw.githubusercontent.com/apache/airflow/constraints-3.3.1/constraints-3.12.txt
# All that is installed: each of them is compiled from the .in beside it.
LOCKS := requirements.txt requirements-production.txt requirements-dev.txt \
	tests/requirements-awscli.txt tests/requirements-clients.txt tests/requirements-cloudformation.txt \
	tests/requirements-scanners.txt tests/requirements-python313.txt
# Made up, for local AWS; anything else that looks like a secret is marked in its line, with the reason.
MADE_UP := ^(AKIAIOSFODNN7EXAMPLE|made-up|PASSWORD|hunter2)$$

# A line of JSON that names the hash it holds.
HASH := "(\w+_)?sha(1|256)": "[0-9a-f]{40,64}"

# Of make test. A test of a whole stack waits for Airflow most of its time.
PROCESSES := 4
# A file's tests share what they start.
PARALLEL = --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
# The unit tests of include/ on another Python than 3.11: sagemaker does not resolve there, and its one test in another's
# file is skipped, which CI forbids elsewhere. anyio's plugin is older than pytest.
UNIT_TESTS := -m pytest -m 'not slow' -p no:anyio --numprocesses auto \
	--ignore tests/pipeline/report/test_page_in_browser.py --ignore tests/pipeline/planning/test_image.py \
	--ignore tests/pipeline/planning/test_volume_keys.py tests/pipeline tests/processes tests/work

.PHONY: help pipeline spread demo up backfill aws-check env test test-stacks test-backfill test-faults test-clients test-fast test-mwaa test-python313 bench screenshots docs images lint types secrets audit lock kubernetes mwaa mwaa-lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

pipeline: $(INSTALLED) ## look at a file and write the YAML of its pipeline: NAME=customers DATA=customers.csv [LABEL=column]
	@$(BIN)/python -m include.inspection --name '$(NAME)' --data '$(DATA)' $(if $(LABEL),--label '$(LABEL)')

spread: $(INSTALLED) ## split, train and test on this machine TIMES=20 times: how far figures depend on the split; DATA=file
	@$(BIN)/python -m include.inspection.repeated_splits --pipeline '$(or $(PIPELINE),bank_marketing)' --data '$(DATA)' $(if $(TIMES),--times '$(TIMES)')

demo: $(INSTALLED) ## run a pipeline once on this machine: PIPELINE=churn or the tutorial's; DATA=path-or-URL chooses the data
	@$(BIN)/python -m local_stack.demo $(if $(PIPELINE),--pipeline '$(PIPELINE)') $(if $(DATA),--data '$(DATA)')

up: $(INSTALLED) ## local AWS and Airflow with its UI on 127.0.0.1:8080, until Ctrl-C; SOURCE_FOLDER=folder of own data
	@exec $(BIN)/python -m local_stack.up --end-with-parent

backfill: $(INSTALLED) ## on the stack of `make up`, all ticks from FROM=2026-01-01 to TO=2026-03-31; CONF='{"...": ...}'
	@$(BIN)/python -m local_stack.backfill --from '$(FROM)' --to '$(TO)' $(if $(CONF),--conf '$(CONF)')

aws-check: $(INSTALLED) ## ask AWS what a run will need, and say what to mend; PIPELINE=churn or the tutorial's
	@$(BIN)/python -m include.aws_check '$(or $(PIPELINE),bank_marketing)'

env: $(INSTALLED) ## write .env and .secrets for docker-compose.yaml
	@$(BIN)/python -m local_stack.make_env
	@# The containers mount these folders and cannot write to them.
	@$(BIN)/python -m compileall -q dags include plugins local_aws

test: $(INSTALLED) $(AWS_CLI) $(CLOUDFORMATION) $(SCANNERS) $(if $(PYTHON312),$(MWAA)) ## all tests but those of the targets below, offline
	$(BIN)/python -m pytest -m 'not stacks and not faults and not clients' $(PARALLEL)

test-stacks: $(INSTALLED) $(AWS_CLI) $(if $(PYTHON312),$(MWAA)) ## what starts an Airflow of its own: pages in a browser, make demo, the documents' commands, the cluster, MWAA, backfills and others; THIRD=1, 2 or 3 for a part
	$(BIN)/python -m pytest -m stacks --numprocesses 2 --dist loadfile $(if $(THIRD),--third $(THIRD))

test-backfill: $(INSTALLED) ## of those: ten days, three times over, and runs of every kind
	$(BIN)/python -m pytest -m backfill tests/e2e

test-faults: $(INSTALLED) ## every task by every fault, outages, a soak of 30 runs; THIRD=1, 2 or 3 for a part
	$(BIN)/python -m pytest tests/faults $(if $(THIRD),--third $(THIRD))

test-clients: $(INSTALLED) $(AWS_CLI) $(CLIENTS) $(if $(NPM),$(JAVASCRIPT)) ## what AWS's own clients make of local AWS, the tutorial's cells among them; MOTO=checkout of moto for its suite
	$(BIN)/python -m pytest tests/local_aws/clients
	$(if $(MOTO),$(BIN)/python -m tests.moto_suite '$(MOTO)')

test-fast: $(INSTALLED) ## the unit tests but those that compute for long
	$(BIN)/python -m pytest -m 'not slow and not long' --numprocesses auto

test-mwaa: $(if $(PYTHON312),$(MWAA_TESTS)) ## the unit tests of include/ on Python 3.12, with MWAA's packages, where there is a 3.12
	$(if $(PYTHON312),env -u CI $(<D)/venv/bin/python $(UNIT_TESTS),\
		@echo 'Skipped: there is no Python 3.12 (make PYTHON312=/path/to/python3.12).')

test-python313: $(if $(PYTHON313),$(NEWEST)) ## the unit tests of include/ and dags/ on Python 3.13, where there is a 3.13
	$(if $(PYTHON313),env -u CI $(<D)/venv/bin/python $(UNIT_TESTS) tests/dags,\
		@echo 'Skipped: there is no Python 3.13 (make PYTHON313=/path/to/python3.13).')

bench: $(INSTALLED) ## measure, and write docs/performance.md; NAMES='prepare download' for a part
	$(BIN)/python -m bench $(NAMES)

screenshots: $(INSTALLED) ## take the documents' pictures anew
	SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/e2e/test_browser.py tests/e2e/test_approval_page.py

docs: $(INSTALLED) ## write the page of all Params, docs/params.md, anew
	$(BIN)/python -m docs.params_page

images: $(INSTALLED) ## write the registries of the images anew, from the sagemaker package
	$(BIN)/python -m include.sagemaker_images.write_registries

lint: $(INSTALLED) ## ruff
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(INSTALLED) ## mypy
	$(BIN)/mypy

secrets: $(SCANNERS) ## look for secrets in every file that git tracks
	@files=$$(git ls-files) && test -n "$$files" && \
		$(<D)/venv/bin/detect-secrets-hook --no-verify --exclude-secrets '$(MADE_UP)' --exclude-lines '$(HASH)' $$files

audit: $(SCANNERS) ## look for known vulnerabilities of what is in the locks; asks the package index
	@$(BIN)/python .ci/audit.py $(<D)/venv/bin/pip-audit $(LOCKS)

lock: $(INSTALLED) ## compile each .in of requirements to a .txt, with the hash of every file
	@# Those beside requirements.txt have its versions, and production's is for 3.11 to 3.13. Airflow takes a newer
	@# importlib-metadata from 3.12 on.
	@for lock in $(LOCKS); do \
		on=3.11 same=/dev/null; \
		case "$$lock" in \
			requirements-dev.txt) same=requirements.txt ;; \
			requirements-production.txt) on='3.11 --universal' same=/dev/stdin ;; \
			*python313.txt) on=3.13 same=/dev/stdin ;; \
		esac; \
		sed -n -e 's/^\(importlib-metadata==.*\) \\$$/\1 ; python_version < "3.12"/p' -e t -e 's/^\([a-z].*==.*\) \\$$/\1/p' \
			requirements.txt | \
			$(BIN)/uv pip compile --quiet --python-version $$on --generate-hashes --no-emit-index-url --no-emit-find-links \
				--custom-compile-command 'make lock' --constraint $$same "$${lock%.txt}.in" --output-file "$$lock" || exit 1; \
	done

kubernetes: $(INSTALLED) ## hold deploy/kubernetes/values.yaml to a Helm chart's schema: CHART=folder, as `helm pull --untar` makes it
	@AIRFLOW_CHART='$(CHART)' $(BIN)/python -m pytest -q tests/deploy/kubernetes

mwaa: $(INSTALLED) ## lay out what MWAA takes, in .local/mwaa/bundle; LIMITS=limits.yaml
	@$(BIN)/python -m deploy.mwaa.bundle --to .local/mwaa/bundle $(if $(LIMITS),--limits '$(LIMITS)')

mwaa-lock: $(INSTALLED) ## compile deploy/mwaa/*.in for MWAA's Airflow and Python, from Airflow's constraints
	@for lock in environment requirements; do \
		$(BIN)/uv pip compile --quiet --python-version 3.12 --no-emit-index-url --no-emit-find-links \
			$$(test $$lock = requirements || echo --generate-hashes) --constraint $(MWAA_CONSTRAINTS) --no-annotate \
			--custom-compile-command 'make mwaa-lock' "deploy/mwaa/$$lock.in" --output-file "deploy/mwaa/$$lock.txt" || exit 1; \
	done
	$(BIN)/uv pip compile --quiet --python-version 3.12 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--constraint deploy/mwaa/environment.txt --no-annotate --custom-compile-command 'make mwaa-lock' \
		tests/requirements-mwaa.in --output-file tests/requirements-mwaa.txt

clean: ## remove what was installed and what runs left behind
	rm -rf .venv .local .pytest_cache .mypy_cache .ruff_cache

$(AWS_CLI): tests/requirements-awscli.txt $(INSTALLED)
	$(BIN)/uv pip install --quiet --require-hashes --no-deps --target $(@D) --requirement $<
	@touch $@

$(SCANNERS) $(CLIENTS) $(CLOUDFORMATION): .local/%/.installed: tests/requirements-%.txt $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)/venv
	$(BIN)/uv pip sync --quiet --require-hashes --python $(@D)/venv $<
	@touch $@

$(JAVASCRIPT): tests/local_aws/clients/javascript/package-lock.json
	mkdir -p $(@D)
	cp $(<D)/package.json $< $(@D)
	cd $(@D) && $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(MWAA): deploy/mwaa/environment.txt $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(PYTHON312) $(@D)/venv
	$(BIN)/uv pip sync --quiet --require-hashes --python $(@D)/venv $<
	@touch $@

$(MWAA_TESTS): deploy/mwaa/environment.txt tests/requirements-mwaa.txt $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(PYTHON312) $(@D)/venv
	$(BIN)/uv pip sync --quiet --require-hashes --python $(@D)/venv deploy/mwaa/environment.txt tests/requirements-mwaa.txt
	@touch $@

$(NEWEST): requirements-production.txt tests/requirements-python313.txt $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(PYTHON313) $(@D)/venv
	$(BIN)/uv pip sync --quiet --require-hashes --python $(@D)/venv requirements-production.txt tests/requirements-python313.txt
	@touch $@

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo 'Python 3.11 is needed: make PYTHON=/path/to/python3.11'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@# uv first, which installs the rest: its own lines of the lock, and their hashes.
	awk '/^[^ #]/ { ours = /^uv==/ } ours' requirements-dev.txt | \
		$(BIN)/python -m pip install --quiet --require-hashes --no-deps --requirement /dev/stdin
	$(BIN)/uv pip sync --quiet --require-hashes $^
	@touch $@
