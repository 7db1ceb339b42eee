# Jianma. `make run` serves it, `make test` tests it; both set up what is missing and may be
# repeated at will. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

DATA ?= data
LISTEN ?= 127.0.0.1:3000
# Where the sample department of the demonstration listens.
DEPARTMENT := 127.0.0.1:3100

# What is built once and whole is built sooner without what makes building it again quicker.
export CARGO_INCREMENTAL ?= 0

# What people are served by, and what is made for a look and for tests: the same program, built in minutes
# less and a few times slower to run.
JIANMA := target/release/jianma
FIRST := target/debug/jianma
comma := ,
say = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

# Everything but the browser half, which is compiled for its own target.
SERVER_SIDE := --workspace --exclude wasm --features app/ssr
BROWSER_SIDE := -p wasm -p scan -p scan-rxing --features wasm/pages,wasm/scanner,wasm/draw,scan/worker,scan-rxing/module --target wasm32-unknown-unknown

.PHONY: help run first-look build dist test check behind bench bench-scan judge survive fuzz setup setup-rust setup-node setup-browser setup-bench setup-judge setup-survive setup-departments setup-api setup-files setup-staff setup-ogc \
        test-rust test-docs test-rules test-departments test-api test-files test-staff test-ogc test-survive test-browser clean-data

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: first-look ## set up, build, load the demonstration, serve on $(LISTEN)
	$(call say,demonstration data)
	@$(FIRST) demo --data $(DATA) --if-empty --counter
	$(call say,starting the sample department and the portal; stop with Ctrl-C)
	@trap 'kill 0 2>/dev/null' EXIT; trap 'exit 0' INT TERM; \
	$(FIRST) department --listen $(DEPARTMENT) --portal $(LISTEN) --data $(DATA) & \
	printf '\n  The portal              http://%s/\n  The counter for staff   http://%s/staff\n  What the department got http://%s/inbox\n\n' $(LISTEN) $(LISTEN) $(DEPARTMENT); \
	$(FIRST) serve --data $(DATA) --listen $(LISTEN) --sample-department $(DEPARTMENT)

# Both programs in one go, so that what they share is compiled once.
PROGRAMS := -p jianma -p bundle
# What tests wait for is not waited for by whoever looks at pages: two minutes less of compiling. The decoders are
# for `jianma decode`; those of the browser are compiled for it, and stay quick.
UNHURRIED := $(foreach crate,domain geo i_overlay libsqlite3-sys scan quircs rxing,--config profile.dev.package.$(crate).opt-level=0)

first-look: setup-rust setup-node
	$(call say,1 of 2: the server; the first time about 10 minutes of processor time$(comma) half of that with two cores)
	@cargo build $(PROGRAMS) $(UNHURRIED)
	$(call say,2 of 2: the pages$(comma) for the browser; the first time about 3 minutes of processor time)
	@target/debug/bundle --first-look

build: setup-rust setup-node ## build target/release/jianma and target/site
	$(call say,building the server; the first time about 18 minutes of processor time)
	@cargo build --release $(PROGRAMS)
	$(call say,building the pages; the first time about 5 minutes of processor time)
	@target/release/bundle

dist: build ## pack a tarball that runs from any folder into target/dist
	$(call say,packing)
	@packaging/dist.sh $(JIANMA) target/site target/dist

# All of them, whatever fails: one failure must not hide another.
test: ## set up and run every test
	@failed=(); \
	for suite in test-rust test-docs test-rules test-departments test-api test-files test-staff test-ogc test-survive test-browser; do $(MAKE) $$suite || failed+=("$$suite"); done; \
	if [ "$${#failed[@]}" -gt 0 ]; then printf '\n\033[1m== failed: %s\033[0m\n' "$${failed[*]}"; exit 1; fi; \
	printf '\n\033[1m== every test passed\033[0m\n'

test-rust: setup-rust
	$(call say,Rust tests)
	@if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run $(SERVER_SIDE) --no-fail-fast; \
	else \
	  cargo test $(SERVER_SIDE) --lib --bins --tests --no-fail-fast; \
	fi

test-docs: setup-rust
	$(call say,examples in the documentation)
	@cargo test $(SERVER_SIDE) --doc --no-fail-fast

# By the program that the Rust tests have built.
test-rules: setup-rust setup-node
	$(call say,rules about sites in another engine)
	@cargo build $(SERVER_SIDE) --bins
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/rules/*.test.mjs

# Each example takes requests of a real portal.
test-departments: setup-rust setup-departments
	$(call say,examples of departments against the portal)
	@cargo build $(SERVER_SIDE) --bins --example receiver
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/departments/*.test.mjs

# By a program that reads nothing but the description of the API.
test-api: setup-rust setup-node setup-api
	$(call say,the API by its own description)
	@cargo build $(SERVER_SIDE) --bins
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/api/*.test.mjs

# A server that others wrote keeps the files, and a scanner looks through them; what the Rust tests leave out, for they
# have neither.
test-files: setup-rust setup-files
	$(call say,files of requests in S3$(comma) before ClamAV and by stock clients)
	@export JIANMA_S3RVER=$(CURDIR)/e2e/files/node_modules/s3rver/bin/s3rver.js; \
	if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run $(SERVER_SIDE) --no-fail-fast --run-ignored only -E 'package(attachments)'; \
	else \
	  cargo test -p attachments --lib --no-fail-fast -- --ignored; \
	fi
	@cargo build $(SERVER_SIDE) --bins
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/files/*.test.mjs

# Staff sign in by an identity service, which is a real one.
test-staff: setup-rust setup-staff
	$(call say,staff and the identity service of their office)
	@cargo build $(SERVER_SIDE) --bins
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/staff/*.test.mjs

# What is given out as a whole is read by GDAL, by which QGIS reads it too.
test-ogc: setup-rust setup-ogc
	$(call say,OGC API – Features by GDAL)
	@cargo build $(SERVER_SIDE) --bins
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node --test --test-reporter=dot e2e/ogc/*.test.mjs

# The same program, killed and cut off a little.
test-survive: setup-rust setup-node setup-survive
	$(call say,a few requests through kills and faults)
	@cargo build $(SERVER_SIDE) --bins
	@SURVIVE_REQUESTS=200 SURVIVE_FAULTS=12 SURVIVE_SEED=1 JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node e2e/survive/survive.mjs

# The server that the Rust tests have built (with their features, or it would be another), and the pages
# as people get them.
test-browser: setup-rust setup-browser
	$(call say,the server and the pages)
	@cargo build $(SERVER_SIDE) --bins --test black_box
	@target/debug/bundle
	$(call say,browser tests)
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) npx playwright test --config e2e/playwright.config.ts

check: setup-rust ## format, lints for both halves, docs, licences, rules, rooms
	$(call say,format)
	@cargo fmt --all --check
	$(call say,lints of the server side)
	@cargo clippy -q $(SERVER_SIDE) --all-targets -- -D warnings
	$(call say,lints of the browser side)
	@cargo clippy -q $(BROWSER_SIDE) -- -D warnings
	$(call say,documentation)
	@RUSTDOCFLAGS='-D warnings' cargo doc -q $(SERVER_SIDE) --lib --bin bundle --examples --no-deps
	$(call say,licences)
	@node .ci/licences.mjs
	$(call say,rules)
	@node .ci/rules.mjs
	$(call say,rooms)
	@node --test --test-reporter=dot .ci/rooms.test.mjs
	@node .ci/rooms.mjs

behind: setup-rust setup-node ## tell dependencies that are behind their newest version (asks the registries)
	$(call say,crates)
	@node .ci/behind.mjs
	$(call say,npm packages)
	@npm outdated || true

# Coverage counters as cargo-fuzz sets them, without the sanitizers that need a nightly compiler.
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')
FUZZ_SECONDS ?= 60

# Folder, target, and the most bytes that it gets.
FUZZ_TARGETS := domain/fuzz:code:120 frontend/scan/fuzz:frame:20000 frontend/scan/fuzz:codewords:400

fuzz: setup-rust ## fuzz the reading of codes and frames, each for FUZZ_SECONDS (60), with libFuzzer on stable Rust
	@for each in $(FUZZ_TARGETS); do \
	  IFS=: read -r folder target most <<< "$$each"; \
	  printf '\n\033[1m== fuzzing %s\033[0m\n' "$$target"; \
	  CARGO_TARGET_DIR=target RUSTFLAGS='$(FUZZ_FLAGS)' cargo build -q \
	    --manifest-path $$folder/Cargo.toml --target $(FUZZ_HOST) --bin $$target; \
	  mkdir -p $$folder/corpus/$$target $$folder/artifacts; \
	  target/$(FUZZ_HOST)/debug/$$target $$folder/corpus/$$target $$folder/seeds/$$target \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=$$most -timeout=20 -artifact_prefix=$$folder/artifacts/; \
	done

# `make bench PARTS='pages memory'` measures these parts alone; JIANMA_BEFORE names the binary of a release
# to be measured by turns with this one.
bench: build setup-browser setup-bench ## measure answers, import, search, memory, sizes and decoding against peers
	$(call say,benches: about 12 minutes where nothing else runs$(comma) and no others make figures worth keeping)
	@node e2e/bench/bench.mjs $(PARTS)

bench-scan: build setup-browser ## measure the scanner against zxing-wasm, jsQR and rxing (frames in JIANMA_QR)
	$(call say,native decoders)
	@cargo build --release -p scan-rxing --example measure
	$(call say,the scanner and its peers)
	@node e2e/bench/scan.mjs

# `make judge PARTS=verdicts` holds these parts alone.
judge: build setup-judge ## hold verdicts and restrictions of every parcel of Cambridge against PostGIS (data in JIANMA_SHARED)
	$(call say,the portal before its judge)
	@node e2e/judge/judge.mjs $(PARTS)

# SURVIVE_REQUESTS, SURVIVE_FAULTS and SURVIVE_SEED say how many and which.
survive: setup-rust setup-node setup-survive ## 10,000 requests through 220 kills and faults: each must arrive exactly once
	@cargo build $(SERVER_SIDE) --bins
	$(call say,about 10 minutes)
	@JIANMA_E2E_BINARY=$(CURDIR)/$(FIRST) node e2e/survive/survive.mjs

setup: setup-rust setup-node setup-browser ## install everything that is missing

setup-rust:
	@command -v rustup >/dev/null || { echo 'Rust is missing: install rustup first, then run this again.'; exit 1; }
	@command -v cc >/dev/null || .ci/debian-packages build-essential
	@rustup target list --installed | grep -qx wasm32-unknown-unknown || { \
	  printf '\n\033[1m== adding the wasm32-unknown-unknown target\033[0m\n'; rustup target add wasm32-unknown-unknown; }

setup-node:
	@command -v node >/dev/null || { echo 'Node is missing: install Node 20 or later, then run this again.'; exit 1; }
	@if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then \
	  printf '\n\033[1m== installing npm packages\033[0m\n'; \
	  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  touch node_modules/.package-lock.json; \
	fi

setup-browser: setup-node
	@command -v chromium >/dev/null || .ci/debian-packages chromium
	@command -v firefox-esr >/dev/null || .ci/debian-packages firefox-esr
	@command -v WebKitWebDriver >/dev/null || .ci/debian-packages webkit2gtk-driver
	@command -v Xvfb >/dev/null || .ci/debian-packages xvfb
	@[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || .ci/debian-packages fonts-noto-cjk

BENCH_VENV := target/bench/venv

setup-bench: setup-node setup-judge
	@if [ ! -f e2e/bench/node_modules/.package-lock.json ] || [ e2e/bench/package-lock.json -nt e2e/bench/node_modules/.package-lock.json ]; then \
	  printf '\n\033[1m== installing Lighthouse\033[0m\n'; \
	  npm ci --prefix e2e/bench --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  touch e2e/bench/node_modules/.package-lock.json; \
	fi
	@command -v nginx >/dev/null || .ci/debian-packages nginx-light
	@command -v wrk >/dev/null || .ci/debian-packages wrk
	@[ -x /usr/bin/time ] || .ci/debian-packages time
	@python3 -c 'import ensurepip, tomllib' 2>/dev/null || .ci/debian-packages python3-venv
	@if ! cmp -s e2e/bench/oereb/requirements.txt $(BENCH_VENV)/requirements.txt; then \
	  printf '\n\033[1m== installing pyramid_oereb, a peer, into $(BENCH_VENV)\033[0m\n'; \
	  rm -rf $(BENCH_VENV); python3 -m venv $(BENCH_VENV); \
	  $(BENCH_VENV)/bin/pip install --quiet --disable-pip-version-check -r e2e/bench/oereb/requirements.txt; \
	  cp e2e/bench/oereb/requirements.txt $(BENCH_VENV)/; \
	fi

DEPARTMENT_VENV := target/departments/venv

setup-staff: setup-node
	@if [ ! -f e2e/staff/node_modules/.package-lock.json ] || [ e2e/staff/package-lock.json -nt e2e/staff/node_modules/.package-lock.json ]; then \
	  printf '\n\033[1m== installing an identity service\033[0m\n'; \
	  npm ci --prefix e2e/staff --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  touch e2e/staff/node_modules/.package-lock.json; \
	fi

setup-departments: setup-node
	@if [ ! -f docs/departments/node/node_modules/.package-lock.json ] || [ docs/departments/node/package-lock.json -nt docs/departments/node/node_modules/.package-lock.json ]; then \
	  printf '\n\033[1m== installing what the example in Node needs\033[0m\n'; \
	  npm ci --prefix docs/departments/node --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  touch docs/departments/node/node_modules/.package-lock.json; \
	fi
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/debian-packages python3-venv
	@if ! cmp -s docs/departments/python/requirements.txt $(DEPARTMENT_VENV)/requirements.txt; then \
	  printf '\n\033[1m== installing what the example in Python needs into $(DEPARTMENT_VENV)\033[0m\n'; \
	  rm -rf $(DEPARTMENT_VENV); python3 -m venv $(DEPARTMENT_VENV); \
	  $(DEPARTMENT_VENV)/bin/pip install --quiet --disable-pip-version-check -r docs/departments/python/requirements.txt; \
	  cp docs/departments/python/requirements.txt $(DEPARTMENT_VENV)/; \
	fi

API_VENV := target/api/venv

setup-api:
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/debian-packages python3-venv
	@if ! cmp -s e2e/api/requirements.txt $(API_VENV)/requirements.txt; then \
	  printf '\n\033[1m== installing schemathesis into $(API_VENV)\033[0m\n'; \
	  rm -rf $(API_VENV); python3 -m venv $(API_VENV); \
	  $(API_VENV)/bin/pip install --quiet --disable-pip-version-check -r e2e/api/requirements.txt; \
	  cp e2e/api/requirements.txt $(API_VENV)/; \
	fi

setup-files: setup-node
	@if [ ! -f e2e/files/node_modules/.package-lock.json ] || [ e2e/files/package-lock.json -nt e2e/files/node_modules/.package-lock.json ]; then \
	  printf '\n\033[1m== installing a server of S3 and a client of uploads, for tests\033[0m\n'; \
	  npm ci --prefix e2e/files --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  touch e2e/files/node_modules/.package-lock.json; \
	fi
	@[ -x /usr/sbin/clamd ] || .ci/debian-packages clamav-daemon

setup-ogc: setup-node
	@command -v ogrinfo >/dev/null || .ci/debian-packages gdal-bin

setup-judge: setup-node
	@compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null || .ci/debian-packages postgresql postgresql-postgis

# What moves the clock of a process.
setup-survive: setup-node
	@compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || .ci/debian-packages libfaketime

clean-data: ## forget the data folder, requests included
	rm -rf $(DATA)
