# Everything a person types. Each target installs and builds what it needs.
.POSIX:
.PHONY: all demo test check bench build clean

all: build

# npm ci runs again only when the lock file changed.
node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

build: node_modules/.installed
	@npm run --silent build

demo: build
	@bin/mdev-preflight demo

test: node_modules/.installed
	npm run --silent test

check: node_modules/.installed
	npm run --silent check

clean:
	rm -rf dist build coverage node_modules

bench: build
	node bench/hook-path.mjs
