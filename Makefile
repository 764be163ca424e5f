# Every target says what it does in its ## comment; `make help` prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GO      ?= go
BUILD   := build
LDFLAGS := -s -w
TOOL    := $(GO) tool -modfile=tools/go.mod

# One set of flags for everything, so that builds, tests and linters share
# what is compiled; trimmed paths make builds reproducible.
export GOFLAGS := -trimpath

.PHONY: help setup build demo test unit units-many registers-many standards interop lint proto check-proto bench fuzz clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

setup: ## See that Go and a C compiler are here, and install what is missing
	@scripts/setup.sh

build: setup ## Build build/filiera
	@mkdir -p $(BUILD)
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BUILD)/filiera ./cmd/filiera

demo: build ## Run the story of a real product on a node of one validator (DEMO_EXIT=1 ends when told)
	@$(BUILD)/filiera demo --dir $(BUILD)/demo $(if $(DEMO_EXIT),--exit)

test: setup lint unit standards interop ## Run everything that proves the project

unit: ## Run the Go tests: unit, property, end to end with real processes
	@scripts/setup.sh postgres
	$(GO) test -timeout 15m ./...

units-many: ## Commit ten million serial numbers and prove one, and print the memory that took
	FILIERA_UNITS=10000000 $(GO) test -count 1 -run TestMemory -v ./units/tree

registers-many: ## Append a million rows to a register and prove one, and print the memory that took
	FILIERA_ROWS=1000000 $(GO) test -count 1 -run TestMemory -v ./registers/folder

standards: ## Count the cases of other projects' standards that pass
	@scripts/standards.sh

interop: build ## Check proofs, keys and certificates with libraries of another ecosystem (npm)
	@scripts/setup.sh npm
	@scripts/interop.sh

lint: check-proto ## go vet, staticcheck, gofumpt, generated code up to date
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	@bad=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' | grep -v '\.pb\.go$$')); \
	if [ -n "$$bad" ]; then echo "gofumpt would change:"; echo "$$bad"; exit 1; fi

proto: ## Generate api/ from proto/
	$(TOOL) buf lint
	$(TOOL) buf generate

check-proto: ## See that api/ is what proto/ generates
	@$(TOOL) buf lint
	@rm -rf $(BUILD)/api && mkdir -p $(BUILD)/api
	@$(TOOL) buf generate -o $(BUILD)
	@diff -r api $(BUILD)/api || { echo "api/ is not what proto/ generates; run make proto"; exit 1; }

bench: build ## Benchmarks: the store beside iavl, the node beside CometBFT's kvstore
	$(GO) test -run '^$$' -bench . -benchtime 20x -timeout 60m ./store
	$(BUILD)/filiera load compare
	$(BUILD)/filiera load movements

fuzz: ## Fuzz every decoder of outside bytes, FUZZTIME each (default 20s)
	@scripts/fuzz.sh $(or $(FUZZTIME),20s)

clean: ## Remove build/
	rm -rf $(BUILD)
