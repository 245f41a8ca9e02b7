# Every target installs what it needs and this machine lacks (see build/install), and works with the pinned Go
# (see build/go).

GO := build/go
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# Whatever else this file says: a plain `make` explains itself.
.DEFAULT_GOAL := help

# Two installations at once would wait for each other's lock; the go command uses all cores by itself.
.NOTPARALLEL:

.PHONY: help
help: ## what there is (this list)
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1	/' | expand -t 20

.PHONY: run
run: ## opens the desktop client with the demo in it
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(MAKE) --no-print-directory bin/baqylau && exec bin/baqylau; \
	else \
		echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the story is told without one: make demo."; \
		exec $(MAKE) --no-print-directory demo; \
	fi

# The keys that people sign with: gost, rsa or both.
KEYS ?= both

.PHONY: demo
demo: bin/baqctl ## tells the whole manual without a window and leaves the signed files (KEYS=gost|rsa|both)
	bin/baqctl demo --keys $(KEYS)

.PHONY: build
build: bin/baqylau bin/baqctl ## builds both programs into bin/

# The go command knows better than make what is up to date.
.PHONY: bin/baqylau
bin/baqylau: window
	@[ -e $@ ] || echo "Building the desktop client; the first time takes some minutes."
	$(GO) build -buildvcs=false -tags migrated_fynedo -o $@ .

.PHONY: bin/baqctl
bin/baqctl: go
	CGO_ENABLED=0 $(GO) build -buildvcs=false -o $@ ./cmd/baqctl

.PHONY: test
test: go tools ## runs everything; a missing component is a listed skip, with CI=true a failure
	$(GO) run ./build/check test

.PHONY: bench
bench: go tools ## measures
	$(GO) run ./build/check bench

.PHONY: bench-signing
bench-signing: go peer ## measures signatures beside OpenSSL's gost engine and prints the ratios
	$(GO) run ./build/check bench-signing

.PHONY: torture
torture: go ## kills, cuts, fills and damages in full, and prints what was counted at the centre (minutes)
	BAQYLAU_TORTURE=full $(GO) test -count 1 -v -timeout 30m ./torture

# How long each target is fuzzed, and which packages (FUZZ=./signing/...).
FUZZTIME ?= 10m
FUZZ ?=

.PHONY: fuzz
fuzz: go ## fuzzes every target for FUZZTIME and prints the counts
	$(GO) run ./build/check fuzz $(FUZZTIME) $(FUZZ)

# Code 3 is a finding. That its database can't be fetched says nothing of this code, so it is a skip.
.PHONY: vuln
vuln: go ## looks for known vulnerabilities in what the programs call
	GOBIN=$(CURDIR)/bin $(GO) install $(GOVULNCHECK)
	@out=$$(PATH="$$($(GO) env GOROOT)/bin:$$PATH" CGO_ENABLED=0 bin/govulncheck -tags ci ./... 2>&1); code=$$?; \
	echo "$$out"; \
	case $$code:$$out in \
	0:*) ;; \
	1:*"fetching vulnerabilities"*) echo "skipped: the database of vulnerabilities is not reachable from here" ;; \
	*) exit 1 ;; \
	esac

.PHONY: fmt
fmt: go ## formats the code
	$(GO) tool gofumpt -w .

.PHONY: generate
generate: go ## makes the generated code anew
	$(GO) generate ./...

.PHONY: clean
clean: ## removes what was built
	rm -rf bin dist demo-out

.PHONY: go window peer tools
go window peer:
	@build/install $@

# What only some tests need may be missing on a workstation.
tools:
	@build/install test || [ "$$CI" != true ]
