# make app    set up and start the app        make test   everything that CI runs
# make setup  install only                    make check  lint, format and types alone
#                                             make fix    mend what the linter and the formatter can

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app setup test check fix browser

app: setup
	$(BIN)/python app.py

setup: $(VENV)/installed

# A file's tests stay in one process: they share an app.
test: check browser
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint ganstudio tests
	$(BIN)/oxfmt --check ganstudio tests

fix: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/oxfmt ganstudio tests

# Debian splits venv from python3: where it is missing, virtualenv or apt brings it.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || (rm -rf $(VENV); sh tests/install.sh venv && $(PYTHON) -m venv $(VENV))

$(VENV)/installed: requirements.txt $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	touch $@

# A chromium on the PATH, else Debian's package, else playwright's own download; and node, if it can be had.
browser: $(VENV)/installed-dev
	sh tests/install.sh browser $(BIN)/python
	sh tests/install.sh node
