# Two commands do everything: `make run` and `make test`. `make` alone lists the targets.

CARGO_TARGET_DIR ?= target

.PHONY: help build run test bench pictures prepare soak power-cut

help: ## list the targets
	@sed -n 's/^\([a-z-]*\): ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

build: ## build the program that people run
	@SQLX_OFFLINE=true cargo build --release --locked

run: ## install what is missing, build, and start Muster
	@scripts/install-run.sh
	@$(MAKE) --no-print-directory build
	@exec $(CARGO_TARGET_DIR)/release/muster serve

test: ## install what tests need, then run every check there is
	@scripts/test.sh

prepare: ## write the queries' metadata (.sqlx) anew, after a change of queries or migrations
	@scripts/sqlx-metadata.sh prepare

bench: ## install peers, then measure Muster beside them (BENCH="status queue": only those)
	@scripts/bench.sh $(BENCH)

pictures: ## take README's pictures anew
	@scripts/install-test.sh
	@cd tests/browser && node pictures.mjs

soak: ## kill server and Postgres at random under people who write (SEED=, MINUTES=5, ROUNDS=)
	@scripts/soak.sh kills "seed=$(SEED)" "rounds=$(ROUNDS)" "minutes=$(or $(MINUTES),$(if $(ROUNDS),,5))"

power-cut: ## cut the power of the disk under them at random, as root (SEED=, ROUNDS=6)
	@scripts/soak.sh power-cut "seed=$(SEED)" "rounds=$(or $(ROUNDS),6)"
