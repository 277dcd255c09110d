# What a person types. `make` lists it.

PYTHON ?= python3
VENV := .venv
WHEELS := target/wheels
# What the Python package is made of: it is built anew when one of these is newer.
SOURCES := $(shell find Cargo.toml Cargo.lock build.rs proto core cli/src bindings-python/src \
	bindings-python/python bindings-python/pyproject.toml bindings-python/Cargo.toml \
	-type f -not -name '*.pyc')
PYTHON_SOURCES := bindings-c bindings-python benches examples tests tools
# The same for the npm package.
NODE_SOURCES := $(shell find Cargo.toml Cargo.lock build.rs proto core cli/src bindings-node/src \
	bindings-node/Cargo.toml bindings-node/build.rs bindings-node/scripts -type f)
NODE_MODULES := bindings-node/node_modules/.package-lock.json
BROWSER_MODULES := tests/browser/node_modules/.package-lock.json
NATIVE := bindings-node/native/built
BIOME := bindings-node/node_modules/.bin/biome
TSC := bindings-node/node_modules/.bin/tsc
NPM := npm --loglevel=error --no-fund --no-audit
RUFF := $(VENV)/bin/ruff
# Where the library for C and C++ goes, and how it is built.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PROFILE ?= dist
INSTALL_C = $(PYTHON) tools/install_c.py --profile='$(PROFILE)' --prefix='$(PREFIX)' \
	--libdir='$(LIBDIR)' --includedir='$(INCLUDEDIR)' --destdir='$(DESTDIR)'
C_STAGE := $(CURDIR)/target/c-stage
C_FILES = $(shell grep -L 'generated, do not edit' $$(find bindings-c examples/c examples/cpp benches \
	tests/soak -name '*.[ch]' -o -name '*.cc' -o -name '*.[ch]pp'))
# Plays the cases that are the same for every language against its runner.
CONFORMANCE := target/debug/exhook-conformance --runner
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The language of the demo, where it is given as in: make demo LANG=node. Elsewhere LANG is a locale.
DEMO := $(if $(filter command,$(firstword $(origin LANG))),$(LANG),python)
override LANG := C.UTF-8

# The soak test: how long, and which languages.
MINUTES ?= 60
LANGS ?= python node c
SOAK_PROGRAMS := $(patsubst %,soak-%,$(LANGS))

# Counts instructions: of the languages that are gated, unless LANGS says which.
COUNT = PYTHONPATH=benches $(PYTHON) tests/instructions/count.py \
	$(if $(filter command,$(firstword $(origin LANGS))),--languages '$(LANGS)')
CASE ?= core

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-python demo-node demo-c programs test test-rust test-models \
	test-python test-node test-c test-browser test-soak test-deploy test-instructions \
	record-instructions annotate-instructions soak soak-python soak-node soak-c lint lint-python \
	test-h2spec lint-node lint-c fmt gen restart-drill bench bench-quick bench-scale wheel npm install uninstall doc-c fuzz clean

help: ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 24

setup: $(VENV)/installed ## make the virtual environment .venv with the package in it

demo: demo-$(DEMO) ## answer recorded traffic of five brokers with the quickstart; LANG=node or LANG=c

demo-python: $(VENV)/installed
	@$(VENV)/bin/python tools/demo.py python

demo-node: $(NATIVE) examples/node/node_modules/exhook
	@$(PYTHON) tools/demo.py node

demo-c: target/required
	@tools/require.sh pkg-config sqlite3
	@echo "Building the C library and its examples; the first time takes a minute."
	@cargo build --quiet -p exhook-c -p exhook-c-test -p exhook-cli
	@$(PYTHON) tools/install_c.py --profile=dev --prefix=$(C_STAGE) >/dev/null
	@PKG_CONFIG_PATH=$(C_STAGE)/lib/pkgconfig LD_RUN_PATH=$(C_STAGE)/lib \
		$(MAKE) -s -C examples/c BUILD=$(CURDIR)/target/c-examples
	@$(PYTHON) tools/demo.py c

demo-%:
	@echo "there is no demo for $*; LANG is python, node or c" >&2; exit 2

test: test-rust test-h2spec test-models test-python test-node test-c test-soak test-deploy test-browser test-instructions ## run every test

test-rust: target/required
	@tools/require.sh faketime haproxy
	cargo test

# What tests start beside them. Built together, and so with what `cargo test` has built.
programs: target/required
	cargo build --quiet --bins --examples

# The conformance tests of HTTP/2, where there is Go.
test-h2spec: programs
	$(PYTHON) tools/test_h2spec.py

# The slot and the inbox under every interleaving of their threads.
test-models: target/required
	$$(cargo rustc -p exhook --lib --profile test --all-features --message-format=json \
		-- --cfg exhook_loom | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p') model

test-python: $(WHEELS)/built programs
	$(VENV)/bin/python tools/test_pythons.py $(WHEELS)

test-node: $(NATIVE) $(NODE_MODULES) programs
	$(TSC) -p bindings-node/test/types
	$(PYTHON) tools/test_nodes.py
	$(CONFORMANCE) 'node bindings-node/test/conformance-runner.mjs'

test-c: programs
	@tools/require.sh cxx clang cmake pkg-config sqlite3 valgrind
	$(PYTHON) tools/test_c.py
	$(PYTHON) tools/test_c_installed.py
	$(PYTHON) tools/test_c_examples.py
	$(CC) -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror -g \
		-Ibindings-c/include bindings-c/tests/conformance/runner.c target/debug/libexhook.a \
		-lpthread -ldl -lrt -lm -o target/conformance-c
	$(CONFORMANCE) target/conformance-c

# Twenty seconds of what `make soak` does for hours.
test-soak: $(SOAK_PROGRAMS) programs
	target/debug/exhook-soak --languages '$(LANGS)' --minutes 0.34 --failures 4

soak: $(SOAK_PROGRAMS) ## call programs of all languages for MINUTES=60, and check every answer; LANGS=
	cargo run --quiet --bin exhook-soak -- --languages '$(LANGS)' --minutes $(MINUTES)

soak-python: $(VENV)/installed

soak-node: $(NATIVE)

soak-c: target/required
	@tools/require.sh pkg-config
	@cargo build --quiet -p exhook-c -p exhook-c-test
	@$(PYTHON) tools/install_c.py --profile=dev --prefix=$(C_STAGE) >/dev/null
	@mkdir -p target/soak
	@export PKG_CONFIG_PATH=$(C_STAGE)/lib/pkgconfig LD_RUN_PATH=$(C_STAGE)/lib; \
		$(CC) -std=c99 -D_XOPEN_SOURCE=700 -pthread -Wall -Wextra -Wpedantic -Werror -O2 -g \
			tests/soak/programs/c/program.c -o target/soak/program-c \
			$$(pkg-config --cflags --libs exhook)

test-deploy: $(VENV)/deployment programs
	$(VENV)/bin/python tools/test_deploy.py

# The live page in a browser, where there can be one.
test-browser: target/required-node $(BROWSER_MODULES) programs
	@if tools/require.sh chromium; then \
		CHROMIUM=$$(command -v $${CHROMIUM:-chromium}) node --test tests/browser/page.test.js; \
	else echo "the tests of the live page are skipped: there is no chromium"; fi

# What one publish costs, in instructions: no more than is recorded.
test-instructions: target/required ## count the instructions of a call, beside those recorded; LANGS=
	@tools/require.sh valgrind
	$(COUNT)

record-instructions: target/required ## record the instructions of a call anew; LANGS=
	@tools/require.sh valgrind
	@$(COUNT) --record

annotate-instructions: target/required ## print which functions have the instructions of CASE=core
	@tools/require.sh valgrind
	@$(COUNT) --annotate $(CASE)

lint: lint-python lint-node lint-c ## check format, style and types of everything
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc -p exhook --no-deps --all-features

lint-python: $(VENV)/linters
	$(RUFF) check $(PYTHON_SOURCES)
	$(RUFF) format --check $(PYTHON_SOURCES)
	$(VENV)/bin/mypy --config-file bindings-python/pyproject.toml bindings-python/python/exhook
	$(VENV)/bin/mypy --strict $(wildcard tools/*.py) bindings-c/docs/groups.py
	cd benches && ../$(VENV)/bin/mypy --strict run.py report.py agree.py profile.py profile_node.py scale.py
	MYPYPATH=benches $(VENV)/bin/mypy --strict $(wildcard tests/instructions/*.py)

lint-node: $(NODE_MODULES)
	$(BIOME) ci --error-on-warnings --colors=off
	$(TSC) -p bindings-node

lint-c: $(VENV)/linters doc-c
	$(VENV)/bin/clang-format --dry-run --Werror $(C_FILES)

fmt: $(VENV)/linters $(NODE_MODULES) ## format everything
	cargo fmt --all
	$(BIOME) check --write --colors=off
	$(RUFF) check --fix $(PYTHON_SOURCES)
	$(RUFF) format $(PYTHON_SOURCES)
	$(VENV)/bin/clang-format -i $(C_FILES)

gen: target/required ## write the generated files anew
	cargo run --quiet --bin exhook-codegen
	cargo fmt --all
	cargo run --quiet --bin exhook -- simulate --schema > docs/scenario.schema.json

restart-drill: target/required ## restart and crash instances behind HAProxy while brokers call them
	@tools/require.sh haproxy
	cargo test --quiet --test restart_drill -- --crash

bench: target/required-node ## measure our servers beside gRPC's of every language; some 35 minutes
	@tools/require.sh h2load
	$(PYTHON) benches/run.py --output benches/results.json
	$(PYTHON) benches/report.py

bench-quick: target/required-node ## two of its works in one short round: does everything work?
	@tools/require.sh h2load
	$(PYTHON) benches/run.py --quick

bench-scale: target/required-node ## how costs grow with connections, calls in flight, threads and processes
	@tools/require.sh h2load
	$(PYTHON) benches/scale.py
	$(PYTHON) benches/report.py

wheel: $(WHEELS)/built ## build the Python wheel into target/wheels

npm: target/required-node ## build the npm packages into target/npm
	node bindings-node/scripts/build.js
	node bindings-node/scripts/stage.js target/npm

install: target/required ## install the library for C and C++; PREFIX=, DESTDIR=
	@$(INSTALL_C) --check
	cargo rustc --profile $(PROFILE) -p exhook-c --crate-type cdylib --features mimalloc
	cargo rustc --profile $(PROFILE) -p exhook-c --crate-type staticlib
	cargo build --profile $(PROFILE) -p exhook-c-test
	@$(INSTALL_C)

uninstall: ## remove what install has installed
	@$(INSTALL_C) --uninstall

doc-c: ## write the HTML reference for C and C++ into target/doxygen
	@tools/require.sh doxygen
	@mkdir -p target/doxygen
	EXHOOK_VERSION=$$(sed -n 's/^#define EXHOOK_VERSION "\(.*\)"/\1/p' bindings-c/include/exhook.h) \
		doxygen bindings-c/Doxyfile

fuzz: target/required ## fuzz HTTP/2, decoding and answering for a minute each
	cd fuzz && for target in http2 decode_request answer_publish; do \
		CARGO_TARGET_DIR=../target/fuzz cargo run --release --bin $$target -- -max_total_time=60 \
			|| exit 1; done

clean: ## remove what was built
	rm -rf target $(VENV) bindings-node/native bindings-node/node_modules examples/node/node_modules \
		benches/peers/node/node_modules tests/browser/node_modules

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

$(VENV)/deployment: $(VENV)/made tools/requirements-deploy.txt
	$(VENV)/bin/pip install --quiet -r tools/requirements-deploy.txt
	@touch $@

$(WHEELS)/built: $(VENV)/made $(SOURCES)
	@rm -rf $(WHEELS)
	$(VENV)/bin/pip wheel --quiet --no-deps --wheel-dir $(WHEELS) ./bindings-python
	@touch $@

target/required-node: target/required tools/require.sh
	@tools/require.sh node npm
	@touch $@

$(NODE_MODULES): target/required-node bindings-node/package.json bindings-node/package-lock.json
	cd bindings-node && $(NPM) ci --ignore-scripts
	@touch $@

$(BROWSER_MODULES): target/required-node tests/browser/package.json tests/browser/package-lock.json
	cd tests/browser && $(NPM) ci --ignore-scripts
	@touch $@

$(NATIVE): target/required-node $(NODE_SOURCES)
	EXHOOK_PROFILE=dev node bindings-node/scripts/build.js
	@touch $@

examples/node/node_modules/exhook: target/required-node examples/node/package.json
	cd examples/node && $(NPM) install --ignore-scripts --no-package-lock
