SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A Rust that was installed a minute ago is not in the PATH yet.
export PATH := $(PATH):$(HOME)/.cargo/bin
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# --- build and run ----------------------------------------------------------------------------

.PHONY: run
run: ## Install what is missing, build, start; prints the address and the first login
	@scripts/need rust node cc postgres
	@$(MAKE) --no-print-directory build
	@exec $(TARGET)/release/footage serve

.PHONY: build
build: web ## Build the web side, then the release binaries
	@scripts/need rust cc
	cargo build --locked --release --workspace

# What the web side is built from. The bundle is rebuilt only when one of these changed, since the
# binary that holds it is linked anew each time.
WEB_SOURCES := $(shell find web protocol -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -name '*.rs')
WEB_BUILT := $(TARGET)/web.built
ifeq ($(wildcard web/dist/*),)
.PHONY: $(WEB_BUILT)
endif

.PHONY: web
web: $(WEB_BUILT)
$(WEB_BUILT): web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	@mkdir -p $(@D) && touch $@

# What the tests hold fresh: the description of the HTTP interface, and the types made from it.
.PHONY: api
api: web/node_modules/.package-lock.json ## Describe the HTTP interface, and make the dashboard's types from that
	@scripts/need rust cc
	cargo build --locked --bin footage
	$(TARGET)/debug/footage openapi > web/dashboard/openapi.json
	cd web && npm run api

# npm writes this file last, so it is older than the lock exactly when there is something to do.
%/node_modules/.package-lock.json: %/package-lock.json
	@scripts/need node
	cd $* && npm ci
	@touch $@

# The browser tests are a package of their own, and so is what they need.
BROWSER_MODULES := $(patsubst %/package.json,%/node_modules/.package-lock.json,$(wildcard tests/browser/package.json))

# --- the one door -----------------------------------------------------------------------------

.PHONY: check
check: check-scripts check-rust check-web ## Formatting, lints, types and documentation

.PHONY: check-scripts
check-scripts:
	for script in scripts/* .ci/run; do bash -n $$script; done
	if scripts/need --where shellcheck >/dev/null; then shellcheck scripts/* .ci/run; fi

.PHONY: check-rust
check-rust:
	@scripts/need rust cc
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --document-private-items

.PHONY: check-web
check-web: web/node_modules/.package-lock.json $(BROWSER_MODULES)
	cd web && npm run check
	if [ -n "$(BROWSER_MODULES)" ]; then cd tests/browser && npm run check --if-present; fi

.PHONY: test
test: test-rust test-web test-browser ## Every test: Rust, web, and the browser end to end

# Rust tests and browser tests share one build: the dev profile, of the whole workspace with the
# features its tests ask for. One process runs all tests of a file, so that they share one Postgres
# (a process per test takes twice as long). Nothing is compiled twice, and target/debug/footage is
# what is watched.
.PHONY: test-rust
test-rust: web ## The tests of the Rust side, against real Postgres
	@scripts/need rust cc postgres
	cargo test --locked --workspace --no-fail-fast

.PHONY: test-web
test-web: web/node_modules/.package-lock.json ## The unit tests of the web side
	cd web && npm test

.PHONY: test-browser
ifneq ($(BROWSER_MODULES),)
test-browser: web $(BROWSER_MODULES) ## The built server, watched through a real browser
	@scripts/need rust cc postgres chromium
	cargo build --locked --workspace --bins --tests
	cd tests/browser && CHROMIUM=$$(../../scripts/need --where chromium) npm test

.PHONY: screens
screens: web $(BROWSER_MODULES) ## Pictures of every screen in target/screens, and what is wrong with them
	@scripts/need rust cc postgres chromium
	cargo build --locked --workspace --bins
	cd tests/browser && SCREENS=$(abspath $(TARGET)/screens) CHROMIUM=$$(../../scripts/need --where chromium) \
		npm run screens

.PHONY: bench
bench: build $(BROWSER_MODULES) ## The figures of the dashboard, in a browser, against the release build
	@scripts/need postgres chromium
	cd tests/browser && PROFILE=release CHROMIUM=$$(../../scripts/need --where chromium) npm run bench
endif

.PHONY: fmt
fmt: web/node_modules/.package-lock.json $(BROWSER_MODULES) ## Format everything
	cargo fmt --all
	cd web && npm run fmt
	if [ -n "$(BROWSER_MODULES)" ]; then cd tests/browser && npm run fmt --if-present; fi
