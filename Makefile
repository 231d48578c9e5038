# The whole project from a machine that has the .NET SDK, make and Debian's packages within reach.
# Everything longer than a line lives in build/.

PREFIX ?= /usr/local
RUNTIME ?= bin/csrun
EXAMPLE ?= hello
SOURCES := $(shell find src Directory.Build.props Directory.Packages.props global.json -type f \
             -not -path '*/obj/*' -not -path '*/bin/*')

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all run test install bench compare conformance nightly format clean help plain

all: bin/csrun ## build bin/csrun, with bin/runc and bin/crun as links to it (the default)

bin/csrun: $(SOURCES) build/publish.sh
	@build/setup.sh build
	@build/publish.sh bin

plain: out/plain/csrun ## the same program on the .NET runtime as it ships, for comparison and tests

out/plain/csrun: $(SOURCES) build/publish.sh
	@build/setup.sh build
	@build/publish.sh out/plain -p:CsrunReplaceRuntimeFunctions=false

run: bin/csrun ## set up everything and run bundle-examples/hello; EXAMPLE=shell another one, RUNTIME=runc with another runtime
	@build/setup.sh run
	@build/rootfs.sh bundle-examples/$(EXAMPLE)/rootfs
	@build/run.sh $(RUNTIME) bundle-examples/$(EXAMPLE)

test: ## set up everything and run all tests; as root, or only those that need no root
	@build/test.sh all

test-unit: ## the tests that do not run the binary
	@build/test.sh unit

test-vm: ## cgroup v2, systemd, AppArmor and SELinux in guests that QEMU emulates; one of the suites of make test
	@build/test.sh guests

test-%: ## one suite: test-lifecycle, test-startup, test-conformance, test-spec ...
	@build/test.sh $*

install: bin/csrun ## install csrun and containerd's shim below DESTDIR/PREFIX; LINKS=1 also as runc and crun, SHIM=1 as containerd-shim-runc-v2
	install -D -m 0755 bin/csrun $(DESTDIR)$(PREFIX)/bin/csrun
	ln -sfn csrun $(DESTDIR)$(PREFIX)/bin/containerd-shim-csrun-v2
	@if [ "$(SHIM)" = 1 ]; then ln -sfn csrun $(DESTDIR)$(PREFIX)/bin/containerd-shim-runc-v2; fi
	@if [ "$(LINKS)" = 1 ]; then for name in runc crun; do ln -sfn csrun $(DESTDIR)$(PREFIX)/bin/$$name; done; fi

bench: bin/csrun ## measure against floor, crun and runc; fails where start-up got slower than the last commit's
	@build/setup.sh compare
	@build/bench.sh bench

compare: bin/csrun ## write docs/compare.md, conformance.md and engines.md: csrun, runc and crun in columns
	@build/setup.sh compare
	@build/bench.sh compare
	@build/conformance.sh
	@build/engines.sh

conformance: bin/csrun ## write docs/conformance.md alone: each requirement of the specification under all three
	@build/setup.sh compare
	@build/conformance.sh

nightly: ## everything, with the long runs: 100,000 clones, 50,000 execs, 300 containers and 300 killed engines
	@CSRUN_NIGHTLY=1 build/test.sh all

format: ## let dotnet format put the sources in order
	dotnet format Runtime.sln

clean: ## remove all that was built
	rm -rf bin out TestResults bundle-examples/*/rootfs
	find src tests -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'
