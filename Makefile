# What a person types. `make` lists it.

PYTHON ?= python3
VENV := .venv
WHEELS := target/wheels
# What the Python package is made of: it is built anew when one of these is newer.
SOURCES := $(shell find Cargo.toml Cargo.lock build.rs proto core/src cli/src bindings-python/src \
	bindings-python/python bindings-python/pyproject.toml bindings-python/Cargo.toml \
	-type f -not -name '*.pyc')
PYTHON_SOURCES := bindings-python benches examples tools
RUFF := $(VENV)/bin/ruff
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-rust test-models test-generated test-python lint fmt gen bench \
	bench-quick wheel fuzz clean

help: ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/installed ## make the virtual environment .venv with the package in it

demo: $(VENV)/installed ## answer recorded traffic of five brokers with the Python quickstart
	@$(VENV)/bin/python tools/demo.py

test: test-rust test-models test-generated test-python ## run every test

test-rust: target/required
	cargo test --workspace --exclude exhook-python --exclude exhook-benches
	cargo test -p exhook-python --test '*'

# The slot and the inbox under every interleaving of their threads.
test-models: target/required
	RUSTFLAGS="--cfg exhook_loom" CARGO_TARGET_DIR=target/loom cargo test -p exhook --lib model

test-generated: target/required
	cargo run --quiet -p exhook-codegen -- --check

test-python: $(WHEELS)/built
	$(VENV)/bin/python tools/test_pythons.py $(WHEELS)

lint: $(VENV)/linters test-generated ## check format, style and types of everything
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc -p exhook --no-deps --all-features
	$(RUFF) check $(PYTHON_SOURCES)
	$(RUFF) format --check $(PYTHON_SOURCES)
	$(VENV)/bin/mypy --config-file bindings-python/pyproject.toml bindings-python/python/exhook
	$(VENV)/bin/mypy --strict tools/demo.py tools/test_pythons.py
	cd benches && ../$(VENV)/bin/mypy --strict run.py

fmt: $(VENV)/linters ## format everything
	cargo fmt --all
	$(RUFF) check --fix $(PYTHON_SOURCES)
	$(RUFF) format $(PYTHON_SOURCES)

gen: target/required ## write the generated files anew
	cargo run --quiet -p exhook-codegen
	cargo fmt --all

bench: target/required ## measure our servers beside bare tonic and grpcio
	@tools/require.sh h2load
	$(PYTHON) benches/run.py

bench-quick: target/required ## the same in one short round
	@tools/require.sh h2load
	$(PYTHON) benches/run.py --quick

wheel: $(WHEELS)/built ## build the Python wheel into target/wheels

fuzz: target/required ## fuzz decoding and answering for a minute each
	cd fuzz && for target in decode_request answer_publish; do \
		CARGO_TARGET_DIR=../target/fuzz cargo run --release --bin $$target -- -max_total_time=60 \
			|| exit 1; done

clean: ## remove what was built
	rm -rf target $(VENV)

target/required: tools/require.sh
	@tools/require.sh cargo cc
	@PYTHON=$(PYTHON) tools/require.sh python
	@mkdir -p target && touch $@

$(VENV)/made: target/required
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made $(SOURCES)
	@echo "Building and installing the Python package; the first time takes some minutes."
	$(VENV)/bin/pip install --quiet ./bindings-python
	@touch $@

$(VENV)/linters: $(VENV)/made tools/requirements-lint.txt
	$(VENV)/bin/pip install --quiet -r tools/requirements-lint.txt
	@touch $@

$(WHEELS)/built: $(VENV)/made $(SOURCES)
	@rm -rf $(WHEELS)
	$(VENV)/bin/pip wheel --quiet --no-deps --wheel-dir $(WHEELS) ./bindings-python
	@touch $@
