# What there is to do here; `make` alone lists it. Needs GNU make and a Python from 3.11 on.

#: Tried in this order; `make crawl PYTHON=/path/to/python3` names another.
PYTHON = python3 python3.14 python3.13 python3.12 python3.11
VENV = .venv
RUN = $(VENV)/bin/python -m
# -qq: pip warns of much that is no fault of ours and nothing that a reader could mend.
INSTALL = $(RUN) pip install -qq --disable-pip-version-check -c constraints.txt
#: Handed on to pytest, or to the benchmark: make test ARGS='tests/cleaning -k dates'
ARGS =

.PHONY: help install crawl test lint types docs bench newsroom constraints clean-output

help:  ## list what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s%s\n", $$1, $$2}' Makefile

install: $(VENV)/.installed-dev  ## install copydesk, pytest and all other tools into .venv

crawl: $(VENV)/.installed  ## crawl the bundled newsroom, and show what came out
	@$(RUN) crawler.newsroom.demo

test: $(VENV)/.installed-dev  ## run all tests
	@$(RUN) pytest -n auto --dist loadfile $(ARGS)

lint: $(VENV)/.installed-dev  ## check style and format
	@$(RUN) ruff check
	@$(RUN) ruff format --check

types: $(VENV)/.installed-dev  ## check types
	@$(RUN) mypy

docs: $(VENV)/.installed-dev  ## build the documentation as a site, for a browser; a dead link fails
	@$(RUN) sphinx -q -n -W --keep-going -c docs -d docs/_build/doctrees . docs/_build/html
	@echo 'docs/_build/html/index.html is the documentation.'

bench: $(VENV)/.installed  ## measure speed and quality on ../shared/corpus (about a quarter of an hour)
	@$(RUN) benchmarks.report $(ARGS)

newsroom: $(VENV)/.installed  ## serve the newsroom for a browser, until Ctrl-C
	@$(RUN) crawler.newsroom

# Run it in a .venv of the oldest Python we know, 3.11: newer ones need less.
constraints: $(VENV)/.made  ## pin the newest versions that pyproject.toml allows
	@echo 'Installing everything afresh (a minute or two) ...'
	@$(RUN) venv --clear $(VENV)/fresh
	@$(VENV)/fresh/bin/python -m pip install -qq --disable-pip-version-check -e '.[dev]'
	@{ echo '# What tests run with, on Python 3.11 to 3.14; made from pyproject.toml by: make constraints'; \
	    $(VENV)/fresh/bin/python -m pip freeze --exclude-editable --disable-pip-version-check; \
	} > $(VENV)/constraints.txt
	@! grep ' @ ' $(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt
	@rm -rf $(VENV)/fresh
	@echo 'constraints.txt is new: run make test, and say in CHANGELOG.md what changed.'

clean-output:  ## delete all that crawls have left in output/, records too
	@find output -mindepth 1 ! -name README.md -delete

# --- set-up: each stamp is written when its step is complete -------------------------------------

$(VENV)/.made:
	@for python in $(PYTHON); do \
	    "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	        2>/dev/null || continue; \
	    echo "Making $(VENV) with $$("$$python" --version) ..."; \
	    "$$python" -m venv --clear $(VENV) && touch $@; \
	    exit; \
	done; \
	echo 'copydesk needs Python 3.11 or newer with its venv module, and none is on the PATH:' \
	    'install one, or name one: make crawl PYTHON=/path/to/python3' >&2; \
	exit 1

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.made
	@echo 'Installing copydesk into $(VENV) (about a minute) ...'
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt $(VENV)/.made
	@echo 'Installing copydesk and its test tools into $(VENV) (about a minute) ...'
	@$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed
