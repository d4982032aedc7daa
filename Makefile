# holdfast: everything from a checkout. `make demo` and `make test` set up what they need themselves, as root.
#
#   make demo     the guide's pair of directors, alive: elections, checks, failovers, with measured times
#   make lab      the same network, left running, with a shell in it
#   make test     every suite; SUITE=unit for one (unit sim fuzz lab interop), ONLY=test/unit/x.test.ts for one file
#   make bench    failovers, and reloads of 1,000 services, measured many times, beside keepalived's
#   make setup    system packages, npm packages, the addon, the build
#   make docs     docs/keywords.md, from the tables of the keywords
#   make build lint clean

SUITE ?=
ONLY ?=
sources := $(shell find src test -name '*.ts')
native := $(wildcard native/*.c native/*.h native/*.gyp native/build.mjs)

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

setup: packages
	@$(MAKE) --no-print-directory build

packages:
	@test/lab/setup.sh

build: dist/.built
	@:

# npm itself writes this file last; the install builds the addon too.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --include=dev --no-progress
	@mkdir -p native/build && touch $@ native/build/.built

native/build/.built: node_modules/.package-lock.json $(native)
	@if [ -n "$$(find $(native) -newer $@ 2>/dev/null)" ] || [ ! -e $@ ]; then npm run --silent install; fi
	@mkdir -p native/build && touch $@

dist/.built: native/build/.built tsconfig.json $(sources)
	npm run --silent build
	@touch $@

lint: build
	npm run --silent lint

test: setup
	@node dist/test/run.js $(if $(SUITE),--suite $(SUITE)) $(ONLY)

demo: setup
	@test/lab/with-ipvs -m 2048M node dist/test/lab/demo.js

lab: setup
	@test/lab/with-ipvs -i -m 2048M node dist/test/lab/lab.js

bench: setup
	@node dist/test/bench/failover.js
	@test/lab/with-ipvs -m 2048M unshare --net node dist/test/bench/reload.js

docs: build
	npm run --silent docs

clean:
	rm -rf dist native/build

.PHONY: help setup packages build lint test demo lab bench docs clean
