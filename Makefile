# Two commands do everything: `make run` and `make test`. `make` alone lists the targets.

CARGO_TARGET_DIR ?= target

.PHONY: help run test prepare

help: ## list the targets
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: ## install what is missing, build, and start Muster
	@scripts/install-run.sh
	@SQLX_OFFLINE=true cargo build --release --locked
	@exec $(CARGO_TARGET_DIR)/release/muster serve

test: ## install what tests need, then run every check there is
	@scripts/test.sh

prepare: ## write the queries' metadata (.sqlx) anew, after a change of queries or migrations
	@scripts/sqlx-metadata.sh prepare
