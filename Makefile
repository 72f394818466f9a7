# The plain commands stand in README.md; these are the same ones, shorter.
VENV ?= .venv
PY = $(VENV)/bin/python

.PHONY: run test test-browser test-spark lanes check format lock bench

$(VENV)/run: requirements.txt
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q -r requirements.txt && touch $@

$(VENV)/dev: requirements-dev.txt
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q -r requirements-dev.txt && touch $@ $(VENV)/run

# Not with the others: Spark's package is as large as all of them, and no other lane needs it.
$(VENV)/spark: requirements-spark.txt $(VENV)/dev
	$(VENV)/bin/pip install -q -r requirements-spark.txt && touch $@

run: $(VENV)/run
	$(VENV)/bin/streamlit run app.py

test: $(VENV)/dev
	$(VENV)/bin/pytest -n 2 --dist worksteal

# One process, one server, one Chromium. What fails is tried once more, which the report says, and leaves its trace and
# picture in var/browser; to look at one: $(VENV)/bin/playwright show-trace var/browser/TEST/trace.zip
test-browser: $(VENV)/dev
	$(VENV)/bin/pytest -m browser tests/browser --reruns 1 -r aR \
		--tracing retain-on-failure --screenshot only-on-failure --output var/browser

test-spark: $(VENV)/spark
	$(VENV)/bin/pytest -m spark

lanes: test test-spark
	$(VENV)/bin/pytest -m postgresql tests/integration/records
	$(VENV)/bin/pytest -m "exhaustive or hypothesis" --hypothesis-profile exhaustive -n 2 --dist worksteal
	$(MAKE) test-browser

check: $(VENV)/dev
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/lint-imports --no-cache && $(VENV)/bin/mypy && $(PY) -m svdash check

format: $(VENV)/dev
	$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

lock: $(VENV)/dev
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header requirements-spark.in -o requirements-spark.txt

bench: $(VENV)/dev
	$(PY) -m benchmarks.filters
