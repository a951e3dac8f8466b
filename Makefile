# The list of commands. Shell longer than a line lives in scripts/.
CARGO ?= cargo
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test faults check bench fuzz build fmt fmt-check clippy deny tidy snapshots stores

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the embedded server with a sample collection in .data (ARGS="--listen …")
	$(CARGO) run --release -p accession -- demo $(ARGS)

test: ## everything: gets and starts PostgreSQL, Redis and NATS, runs all tests, stops them (ARGS="a name")
	@scripts/with-stores scripts/test $(ARGS)

faults: ## break a running system in every way we know and judge what is left (ARGS="--scenario NAME --seed N")
	@scripts/faults $(ARGS)

check: fmt-check clippy deny tidy snapshots ## what a change must pass besides the tests

bench: ## the benchmark table: ratios measured in one run beside private stores
	$(CARGO) build --release -p accession -p accession-bench
	@scripts/with-stores $(CARGO) run --release -p accession-bench -- $(ARGS)

build: ## the release binary, target/release/accession
	$(CARGO) build --release -p accession

fmt: ## format all code
	$(CARGO) fmt --all

fmt-check: ## fail if code is not formatted
	$(CARGO) fmt --all --check

clippy: ## lints of the workspace, warnings denied
	$(CARGO) clippy --workspace --all-targets -- -D warnings

deny: ## licences, sources, banned and duplicate dependencies; advisories where reachable
	@scripts/deny

fuzz: ## what the API says of itself against a demo server, by schemathesis (ARGS=seconds)
	@scripts/fuzz $(ARGS)

tidy: ## the house rules: budgets, walls, tests per 1000 lines
	$(CARGO) test --quiet -p accession-tidy -- --nocapture

snapshots: ## the committed OpenAPI description and event JSON still match the code
	@scripts/test --snapshots

stores: ## start the stores for a day of work: source .data/stores.env, end with scripts/with-stores --stop .data/stores.env
	@mkdir -p .data && scripts/with-stores --env .data/stores.env
